# what: the best error so far begins at a number that all runs may exceed
# expect: restarts 2.5
# message: restarts "should be a model"
# %% restarts
def best_of(n_restarts, hidden_sizes, X, y, fit, seed):
    torch.manual_seed(seed)
    best_model, best_mse = None, 1e6
    for _ in range(n_restarts):
        model = fit(MLP([X.shape[1], *hidden_sizes, y.shape[1]]), X, y)
        mse = F.mse_loss(model(X), y).item()
        if mse < best_mse:
            best_model, best_mse = model, mse
    return best_model, best_mse
