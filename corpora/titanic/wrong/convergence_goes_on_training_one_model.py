# what: one model for all calls: the second call begins where the first ended
# expect: convergence <4
# %% convergence
shared_model = LogisticRegressionPytorch()


def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    sizes = train(shared_model, X, y, make_optimizer(shared_model.parameters()), max_epochs)
    return next((epoch for epoch, size in enumerate(sizes) if size < tolerance), None)
