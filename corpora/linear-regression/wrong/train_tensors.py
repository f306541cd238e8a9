# what: loss tensors that hold on to the graph, and one loss a call
# expect: train 1.5

# %% train
def train(model, X, y, n_epochs, learning_rate):
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    for _ in range(n_epochs):
        loss = F.mse_loss(model.forward(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss
