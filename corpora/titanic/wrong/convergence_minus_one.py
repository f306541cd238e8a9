# what: -1 where it does not converge
# expect: convergence 3.5
# message: convergence "instead of None"
# %% convergence
def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    model = LogisticRegressionPytorch()
    sizes = train(model, X, y, make_optimizer(model.parameters()), max_epochs)
    return next((k for k, s in enumerate(sizes) if s < tolerance), -1)
