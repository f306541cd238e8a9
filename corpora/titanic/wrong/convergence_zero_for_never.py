# what: argmax of a list of falses is 0, so 0 is returned where no epoch converges
# expect: convergence 3.5
# message: convergence "instead of None"
# %% convergence
def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    model = LogisticRegressionPytorch()
    sizes = torch.tensor(train(model, X, y, make_optimizer(model.parameters()), max_epochs))
    return int((sizes < tolerance).int().argmax())
