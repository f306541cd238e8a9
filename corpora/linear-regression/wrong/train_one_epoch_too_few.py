# what: the loop ends one epoch early
# expect: train 2.5
# %% train
def train(model, X, y, n_epochs, learning_rate):
    by_hand = hasattr(model, "backward")
    parameters = [model.weights, model.bias] if by_hand else list(model.parameters())
    losses = []
    for _ in range(n_epochs - 1):
        yhat = model.forward(X)
        if by_hand:
            gradients = model.backward(X, yhat, y)
        else:
            gradients = torch.autograd.grad(F.mse_loss(yhat, y), parameters)
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients):
                parameter -= learning_rate * gradient
            losses.append(F.mse_loss(model.forward(X), y).item())
    return losses
