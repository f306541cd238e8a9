# what: leaves the loop when the loss hardly changes any more
# expect: train 3.5
# message: train "end early"
# %% train
def train(model, X, y, n_epochs, learning_rate):
    tensors = [model.weights, model.bias] if hasattr(model, "backward") else list(model.parameters())
    losses = []
    for _ in range(n_epochs):
        yhat = model.forward(X)
        if hasattr(model, "backward"):
            gradients = model.backward(X, yhat, y)
        else:
            gradients = torch.autograd.grad(F.mse_loss(yhat, y), tensors)
        with torch.no_grad():
            for tensor, gradient in zip(tensors, gradients):
                tensor -= learning_rate * gradient
            losses.append(F.mse_loss(model.forward(X), y).item())
        if len(losses) > 1 and abs(losses[-1] - losses[-2]) < 1e-6:
            break
    return losses
