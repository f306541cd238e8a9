# what: takes the notebook's passengers instead of its arguments
# expect: fit 0
# message: fit "on its arguments"
# %% fit
def fit_logistic_regression(features_, outcomes):
    spread, mean = X.std(0), X.mean(0)
    Z, model = (X - mean) / spread, LogisticRegressionPytorch()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    for _ in range(600):
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy(model(Z), y.reshape(-1, 1)).backward()
        optimizer.step()
    with torch.no_grad():
        model.linear.weight /= spread
        model.linear.bias -= model.linear.weight @ mean
    return model
