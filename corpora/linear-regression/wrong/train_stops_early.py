# what: leaves the loop when the loss is not below the lowest one, and puts those parameters back
# expect: train 3.5
# %% train
def train(model, X, y, n_epochs, learning_rate):
    tensors = [model.weights, model.bias] if hasattr(model, "weights") else list(model.parameters())
    losses, kept, lowest = [], None, float("inf")
    for _ in range(n_epochs):
        yhat = model.forward(X)
        if hasattr(model, "weights"):
            gradients = model.backward(X, yhat, y)
        else:
            gradients = torch.autograd.grad(F.mse_loss(yhat, y), tensors)
        with torch.no_grad():
            for tensor, gradient in zip(tensors, gradients):
                tensor -= learning_rate * gradient
            losses.append(F.mse_loss(model.forward(X), y).item())
        if losses[-1] >= lowest:
            with torch.no_grad():
                for tensor, value in zip(tensors, kept):
                    tensor.copy_(value)
            break
        lowest, kept = losses[-1], [tensor.detach().clone() for tensor in tensors]
    return losses
