# what: one epoch too many
# expect: train <=2.25, convergence 0..4
# message: train "12 entries"
# %% train
def train(model, X, y, optimizer, n_epochs):
    weight = next(p for p in model.parameters() if p.dim() == 2)
    sizes = []
    for _ in range(n_epochs + 1):
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy(model(X), y.reshape(-1, 1))
        loss.backward()
        sizes.append(weight.grad.abs().mean().item())
        optimizer.step()
    return sizes
