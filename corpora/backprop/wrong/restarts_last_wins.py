# what: returns the last model with the best error
# expect: restarts 2
# message: restarts "not the best"
# %% restarts
def best_of(n_restarts, hidden_sizes, X, y, fit, seed):
    torch.manual_seed(seed)
    best_mse = math.inf
    for _ in range(n_restarts):
        model = fit(MLP([X.shape[1], *hidden_sizes, y.shape[1]]), X, y)
        best_mse = min(best_mse, F.mse_loss(model(X), y).item())
    return model, best_mse
