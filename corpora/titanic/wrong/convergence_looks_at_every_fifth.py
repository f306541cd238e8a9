# what: only every fifth epoch is looked at
# expect: convergence <=3
# message: convergence "too late"
# %% convergence
def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    model = LogisticRegressionPytorch()
    sizes = train(model, X, y, make_optimizer(model.parameters()), max_epochs)
    return next((k for k, s in enumerate(sizes) if s < tolerance and k % 5 == 0), None)
