# what: always one input and one output
# expect: restarts 1.5
# %% restarts
def best_of(n_restarts, hidden_sizes, X, y, fit, seed):
    torch.manual_seed(seed)
    best_model, best_mse = None, math.inf
    for _ in range(n_restarts):
        model = fit(MLP([1, *hidden_sizes, 1]), X, y)
        mse = F.mse_loss(model(X), y).item()
        if mse < best_mse:
            best_model, best_mse = model, mse
    return best_model, best_mse
