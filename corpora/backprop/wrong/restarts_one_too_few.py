# what: one restart too few
# expect: restarts 1.5
# message: restarts "times for"
# %% restarts
def best_of(n_restarts, hidden_sizes, X, y, fit, seed):
    torch.manual_seed(seed)
    best, lowest = None, float("inf")
    for _ in range(max(1, n_restarts - 1)):
        model = fit(MLP([X.shape[1], *hidden_sizes, y.shape[1]]), X, y)
        error = ((model(X) - y) ** 2).mean().item()
        if error < lowest:
            best, lowest = model, error
    return best, lowest
