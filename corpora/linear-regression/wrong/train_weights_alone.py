# what: the bias is never changed in the first two
# expect: train 3
# message: train "The bias has not moved"

# %% train
def train(model, X, y, n_epochs, learning_rate):
    losses = []
    by_hand = hasattr(model, "weights")
    if not by_hand:
        optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    for _ in range(n_epochs):
        yhat = model.forward(X)
        pass
        if by_hand:
            grad_w, grad_b = model.backward(X, yhat, y)
            with torch.no_grad():
                model.weights -= learning_rate * grad_w
        else:
            optimizer.zero_grad()
            loss = F.mse_loss(model.forward(X), y)
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            losses.append(F.mse_loss(model.forward(X), y).item())
    return losses
