# what: fits on the first half of the data
# expect: restarts 2
# message: restarts "X given to fit"
# %% restarts
def best_of(n_restarts, hidden_sizes, X, y, fit, seed):
    torch.manual_seed(seed)
    best, lowest = None, float("inf")
    for _ in range(n_restarts):
        model = fit(MLP([X.shape[1], *hidden_sizes, y.shape[1]]), X[: len(X) // 2], y[: len(X) // 2])
        error = ((model(X) - y) ** 2).mean().item()
        if error < lowest:
            best, lowest = model, error
    return best, lowest
