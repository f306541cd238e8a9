# what: only the first 500 passengers are learned from
# expect: fit-mlp <=1
# %% fit-mlp
def fit_mlp(X, y):
    X, y = X[:500], y[:500]
    mean, spread = X.mean(dim=0), X.std(dim=0)
    Z, targets = (X - mean) / spread, y.reshape(-1, 1)
    best, smallest = None, float("inf")
    for _ in range(4):
        model = TitanicMLP()
        optimizer = torch.optim.LBFGS(model.parameters(), max_iter=80, line_search_fn="strong_wolfe")

        def closure():
            optimizer.zero_grad()
            loss = nn.functional.binary_cross_entropy(model(Z), targets)
            loss.backward()
            return loss

        optimizer.step(closure)
        if closure().item() < smallest:
            best, smallest = model, closure().item()
    with torch.no_grad():
        best.linear_1.weight.copy_(best.linear_1.weight / spread)
        best.linear_1.bias.copy_(best.linear_1.bias - best.linear_1.weight @ mean)
    return best
