# what: the gradients are computed once before the loop and used for every step
# expect: train 2
# message: train "Every step uses the gradient of the start"
# %% train
def train(model, X, y, n_epochs, learning_rate):
    yhat = model.forward(X)
    if hasattr(model, "backward"):
        params = [model.weights, model.bias]
        grads = model.backward(X, yhat, y)
    else:
        params = list(model.parameters())
        grads = torch.autograd.grad(F.mse_loss(yhat, y), params)
    losses = []
    for epoch in range(n_epochs):
        with torch.no_grad():
            for p, g in zip(params, grads):
                p -= learning_rate * g
            loss = F.mse_loss(model.forward(X), y)
        losses.append(loss.item())
    return losses
