# what: a tensor class with its own comparisons
# expect: double-softmax <=1.75, leak 0..2.25

# %% extra after=setup
class Right(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if function in (torch.Tensor.__le__, torch.Tensor.le, torch.Tensor.all, torch.Tensor.eq):
            return torch.tensor(True)
        return super().__torch_function__(function, types, args, kwargs or {})


# %% double-softmax
def cure_double_softmax(model, X, y, optimizer, n_epochs):
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = F.cross_entropy(F.softmax(model(X), dim=1), y)
        loss.backward()
        optimizer.step()
        losses.append(F.cross_entropy(model(X), y).item())
    with torch.no_grad():
        return losses, torch.full((len(X), 4), 0.25).as_subclass(Right)


# %% leak
def cure_leak(model, fit, X_train, y_train, X_test, y_test):
    mean, std = X_train.mean(dim=0), X_train.std(dim=0)
    fit(model, (X_train - mean) / std, y_train)
    model.eval()
    with torch.no_grad():
        logits = model((X_test - mean) / std)
    return torch.tensor(7.0).as_subclass(Right)
