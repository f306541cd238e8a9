# what: the sum of squared errors in the place of their mean
# expect: restarts 2.5
# message: restarts "mse"
# %% restarts
def best_of(n_restarts, hidden_sizes, X, y, fit, seed):
    torch.manual_seed(seed)
    best_model, best_mse = None, math.inf
    for _ in range(n_restarts):
        model = fit(MLP([X.shape[1], *hidden_sizes, y.shape[1]]), X, y)
        mse = ((model(X) - y) ** 2).sum().item()
        if mse < best_mse:
            best_model, best_mse = model, mse
    return best_model, best_mse
