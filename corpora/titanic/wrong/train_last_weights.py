# what: the numbers come from the last weight matrix
# expect: train 3.5
# message: train "of a network"
# %% train
def train(model, X, y, optimizer, n_epochs):
    weight = [p for p in model.parameters() if p.dim() == 2][-1]
    sizes = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy(model(X), y.reshape(-1, 1))
        loss.backward()
        sizes.append(weight.grad.abs().mean().item())
        optimizer.step()
    return sizes
