# what: builds one model and trains it again and again
# expect: restarts 0..1
# %% restarts
def best_of(n_restarts, hidden_sizes, X, y, fit, seed):
    torch.manual_seed(seed)
    model = MLP([X.shape[1], *hidden_sizes, y.shape[1]])
    best_mse = math.inf
    for _ in range(n_restarts):
        model = fit(model, X, y)
        best_mse = min(best_mse, F.mse_loss(model(X), y).item())
    return model, best_mse
