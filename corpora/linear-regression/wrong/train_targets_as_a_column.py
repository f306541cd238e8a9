# what: for the modules the target is made a column, so (n,) predictions meet (n, 1) targets and are broadcast
# expect: train 3
# message: train "each prediction is compared with every target"
# %% train
def train(model, X, y, n_epochs, learning_rate):
    losses = []
    by_hand = hasattr(model, "backward")
    for _ in range(n_epochs):
        yhat = model.forward(X)
        if by_hand:
            params = [model.weights, model.bias]
            grads = model.backward(X, yhat, y)
        else:
            params = list(model.parameters())
            loss = ((yhat - y.unsqueeze(1)) ** 2).mean()
            grads = torch.autograd.grad(loss, params)
        with torch.no_grad():
            for p, g in zip(params, grads):
                p -= learning_rate * g
            losses.append(((model.forward(X) - y) ** 2).mean().item())
    return losses
