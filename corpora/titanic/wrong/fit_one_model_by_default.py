# what: the model is a default argument, so that every call trains the same one
# expect: fit <5
# message: fit "there before the call"
# %% fit
import torch


def fit_logistic_regression(X, y, model=LogisticRegressionPytorch()):
    mean, spread = X.mean(dim=0), X.std(dim=0)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
    optimizer = torch.optim.LBFGS(model.parameters(), max_iter=300, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy(model((X - mean) / spread), y.reshape(-1, 1))
        loss.backward()
        return loss

    optimizer.step(closure)
    with torch.no_grad():
        model.linear.weight.div_(spread)
        model.linear.bias.sub_(model.linear.weight[0] @ mean)
    return model
