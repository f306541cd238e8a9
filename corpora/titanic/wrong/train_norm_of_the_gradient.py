# what: the length of the gradient
# expect: train <=3, convergence 0..4
# message: train "norms"
# %% train
def train(model, X, y, optimizer, n_epochs):
    weight = next(p for p in model.parameters() if p.dim() == 2)
    sizes = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy(model(X), y.reshape(-1, 1))
        loss.backward()
        sizes.append(weight.grad.norm().item())
        optimizer.step()
    return sizes
