# what: each step makes new leaves of the graph instead of changing the tensors that are there
# expect: train 3.5
# message: train "other tensors than before"
# %% train
def train(model, X, y, n_epochs, learning_rate):
    losses = []
    for _ in range(n_epochs):
        yhat = model.forward(X)
        if hasattr(model, "backward"):
            for name, gradient in zip(("weights", "bias"), model.backward(X, yhat, y)):
                old = getattr(model, name)
                new = old.detach() - learning_rate * gradient
                setattr(model, name, new.requires_grad_(old.requires_grad))
        else:
            gradients = torch.autograd.grad(F.mse_loss(yhat, y), list(model.parameters()))
            with torch.no_grad():
                for tensor, gradient in zip(model.parameters(), gradients):
                    tensor -= learning_rate * gradient
        losses.append(F.mse_loss(model.forward(X), y).item())
    return losses
