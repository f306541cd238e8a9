# what: returns an untrained model and an invented error without ever calling fit
# expect: restarts <=1
# %% restarts
def best_of(n_restarts, hidden_sizes, X, y, fit, seed):
    torch.manual_seed(seed)
    return MLP([X.shape[1], *hidden_sizes, y.shape[1]]), 0.0
