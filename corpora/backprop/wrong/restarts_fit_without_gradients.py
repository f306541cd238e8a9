# what: `fit` is called inside `no_grad`
# expect: restarts 2
# message: restarts "no_grad"

# %% restarts
def best_of(n_restarts, hidden_sizes, X, y, fit, seed):
    torch.manual_seed(seed)
    best, best_mse = None, math.inf
    for r in range(n_restarts):
        model = MLP([X.shape[1], *hidden_sizes, y.shape[1]])
        with torch.no_grad():
            model = fit(model, X, y)
            mse = F.mse_loss(model(X), y).item()
        if best is None or mse < best_mse or math.isnan(best_mse):
            best, best_mse = model, mse
    return best, best_mse
