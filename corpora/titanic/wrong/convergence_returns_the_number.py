# what: the number in place of the epoch
# expect: convergence <=2
# %% convergence
def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    model = LogisticRegressionPytorch()
    sizes = train(model, X, y, make_optimizer(model.parameters()), max_epochs)
    return next((s for s in sizes if s < tolerance), None)
