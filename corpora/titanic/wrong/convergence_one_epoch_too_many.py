# what: one epoch more than allowed
# expect: convergence 3.5
# message: convergence "one epoch too few"
# %% convergence
def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    model = LogisticRegressionPytorch()
    sizes = train(model, X, y, make_optimizer(model.parameters()), max_epochs + 1)
    return next((k for k, s in enumerate(sizes) if s < tolerance), None)
