# what: the pair is (mse, model)
# expect: restarts 2.5
# message: restarts "the task asks for the model first"
# %% restarts
def best_of(
    n_restarts: int,
    hidden_sizes: Sequence[int],
    X: torch.Tensor,
    y: torch.Tensor,
    fit: Callable[[nn.Module, torch.Tensor, torch.Tensor], nn.Module],
    seed: int,
) -> tuple[nn.Module, float]:
    """The best of `n_restarts` fits, and its mean squared error on `(X, y)`."""
    torch.manual_seed(seed)
    best_mse, best_model = math.inf, None
    for _ in range(n_restarts):
        model = MLP([X.shape[1], *hidden_sizes, y.shape[1]])
        model = fit(model, X, y)
        mse = F.mse_loss(model(X), y).item()
        if mse < best_mse:
            best_mse, best_model = mse, model
    return best_mse, best_model
