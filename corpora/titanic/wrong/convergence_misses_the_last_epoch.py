# what: the last epoch that is allowed is never tried
# expect: convergence <=3.5
# message: convergence "last epoch that is allowed"
# %% convergence
def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    model = LogisticRegressionPytorch()
    sizes = train(model, X, y, make_optimizer(model.parameters()), max_epochs - 1)
    return next((epoch for epoch, size in enumerate(sizes) if size < tolerance), None)
