# what: leaves the loop once the gradient has vanished
# expect: train <4
# message: train "where all gradients are 0"
# %% train
import torch


def train(model, X, y, optimizer, n_epochs):
    target = y.reshape(-1, 1)
    first = next(p for p in model.parameters() if p.dim() == 2)
    numbers = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        torch.nn.functional.binary_cross_entropy(model(X), target).backward()
        numbers.append(first.grad.abs().mean().item())
        optimizer.step()
        if numbers[-1] < 1e-8:
            break
    return numbers
