# what: the last epoch that is below
# expect: convergence 3
# message: convergence "the last epoch"
# %% convergence
def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    model = LogisticRegressionPytorch()
    sizes = train(model, X, y, make_optimizer(model.parameters()), max_epochs)
    below = [k for k, s in enumerate(sizes) if s < tolerance]
    return below[-1] if below else None
