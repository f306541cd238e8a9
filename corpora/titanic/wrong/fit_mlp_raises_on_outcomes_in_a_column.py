# what: takes outcomes (n,) alone: (n, 1) become (n, 1, 1)
# expect: fit-mlp 3.5
# message: fit-mlp "With `y` of shape (n, 1), and not with (n,)"
# %% fit-mlp
def fit_mlp(X, y):
    mean, spread = X.mean(0), X.std(0)
    Z, targets, best = (X - mean) / spread, y.unsqueeze(1), None
    for _ in range(4):
        model = TitanicMLP()
        optimizer = torch.optim.LBFGS(model.parameters(), max_iter=80, line_search_fn="strong_wolfe")

        def closure():
            optimizer.zero_grad()
            loss = nn.functional.binary_cross_entropy(model(Z), targets)
            loss.backward()
            return loss

        optimizer.step(closure)
        if best is None or closure().item() < best[0]:
            best = closure().item(), model
    model = best[1]
    with torch.no_grad():
        model.linear_1.weight /= spread
        model.linear_1.bias -= model.linear_1.weight @ mean
    return model
