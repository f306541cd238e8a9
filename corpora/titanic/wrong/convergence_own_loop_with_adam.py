# what: a correct loop with an Adam of its own
# expect: convergence 2.25
# message: convergence "never called"
# %% convergence
def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    model = LogisticRegressionPytorch()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    loss_fn = nn.BCELoss()
    for epoch in range(max_epochs):
        optimizer.zero_grad()
        loss = loss_fn(model(X), y.reshape(-1, 1))
        loss.backward()
        if model.linear.weight.grad.abs().mean().item() < tolerance:
            return epoch
        optimizer.step()
    return None
