# what: with outcomes (n, 1) each passenger is compared with every outcome
# expect: fit 4.5
# message: fit "With `y` of shape (n, 1)"
# %% fit
def fit_logistic_regression(X, y):
    spread, mean = X.std(0), X.mean(0)
    Z, model = (X - mean) / spread, LogisticRegressionPytorch()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    for _ in range(1000):
        optimizer.zero_grad()
        p = model(Z).squeeze(1)
        (-(y * p.log() + (1 - y) * (1 - p).log()).mean()).backward()
        optimizer.step()
    with torch.no_grad():
        model.linear.weight /= spread
        model.linear.bias -= model.linear.weight @ mean
    return model
