# what: momentum for the two modules
# expect: train 3
# message: train "momentum"

# %% train
def train(model, X, y, n_epochs, learning_rate):
    by_hand = hasattr(model, "weights")
    tensors = [model.weights, model.bias] if by_hand else list(model.parameters())
    optimizer = torch.optim.SGD(tensors, lr=learning_rate, momentum=0.0 if by_hand else 0.9)
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        if by_hand:
            for tensor, gradient in zip(tensors, model.backward(X, model.forward(X), y)):
                tensor.grad = gradient
        else:
            ((model(X) - y) ** 2).mean().backward()
        optimizer.step()
        with torch.no_grad():
            losses.append(((model.forward(X) - y) ** 2).mean().item())
    return losses
