# what: as in public solutions: shuffled mini-batches of ten rows, a step for each
# expect: train 0
# message: train "whole gradient"
# %% train
def train(model, X, y, n_epochs, learning_rate):
    losses = []
    for _ in range(n_epochs):
        for rows in torch.randperm(len(y)).split(10):
            yhat = model.forward(X[rows])
            if hasattr(model, "backward"):
                gradients, parameters = model.backward(X[rows], yhat, y[rows]), [model.weights, model.bias]
            else:
                parameters = list(model.parameters())
                gradients = torch.autograd.grad(F.mse_loss(yhat, y[rows]), parameters)
            with torch.no_grad():
                for parameter, gradient in zip(parameters, gradients):
                    parameter -= learning_rate * gradient
        losses.append(F.mse_loss(model.forward(X), y).item())
    return losses
