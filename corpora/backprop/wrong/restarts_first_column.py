# what: the error of the first column alone
# expect: restarts 2.5
# %% restarts
def best_of(n_restarts, hidden_sizes, X, y, fit, seed):
    torch.manual_seed(seed)
    best, lowest = None, float("inf")
    for _ in range(n_restarts):
        model = fit(MLP([X.shape[1], *hidden_sizes, y.shape[1]]), X, y)
        error = ((model(X) - y) ** 2)[:, 0].mean().item()
        if error < lowest:
            best, lowest = model, error
    return best, lowest
