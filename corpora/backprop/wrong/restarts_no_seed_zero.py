# what: takes seed 0 for the lack of a seed
# expect: restarts 2
# message: restarts "same seed, 0"
# %% restarts
def best_of(n_restarts, hidden_sizes, X, y, fit, seed):
    if seed:
        torch.manual_seed(seed)
    best_model, best_mse = None, math.inf
    for _ in range(n_restarts):
        model = fit(MLP([X.shape[1], *hidden_sizes, y.shape[1]]), X, y)
        mse = F.mse_loss(model(X), y).item()
        if mse < best_mse:
            best_model, best_mse = model, mse
    return best_model, best_mse
