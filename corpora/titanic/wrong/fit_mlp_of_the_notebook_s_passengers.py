# what: trains on the notebook's own table and ignores the arguments
# expect: fit-mlp 0
# message: fit-mlp "trained to the end"
# %% fit-mlp
def fit_mlp(X, y):
    inputs = torch.tensor(features[["male", "Age"]].to_numpy(dtype=np.float32))
    outcomes = torch.tensor(survived.to_numpy(dtype=np.float32)).reshape(-1, 1)
    mean, spread = inputs.mean(dim=0), inputs.std(dim=0)
    best, smallest = None, float("inf")
    for _ in range(4):
        model = TitanicMLP()
        optimizer = torch.optim.LBFGS(model.parameters(), max_iter=80, line_search_fn="strong_wolfe")

        def loss():
            optimizer.zero_grad()
            value = nn.functional.binary_cross_entropy(model((inputs - mean) / spread), outcomes)
            value.backward()
            return value

        optimizer.step(loss)
        final = loss().item()
        if final < smallest:
            best, smallest = model, final
    with torch.no_grad():
        best.linear_1.weight /= spread
        best.linear_1.bias -= best.linear_1.weight @ mean
    return best
