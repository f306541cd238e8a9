# what: only the first 50 passengers
# expect: train <=2.5, convergence 0..4
# %% train
def train(model, X, y, optimizer, n_epochs):
    weight = next(p for p in model.parameters() if p.dim() == 2)
    sizes = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy(model(X[:50]), y.reshape(-1, 1)[:50])
        loss.backward()
        sizes.append(weight.grad.abs().mean().item())
        optimizer.step()
    return sizes
