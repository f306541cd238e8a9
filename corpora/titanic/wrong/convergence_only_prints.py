# what: the answer is printed, not returned
# expect: convergence <=1
# message: convergence "Yours is None"
# %% convergence
def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    model = LogisticRegressionPytorch()
    sizes = train(model, X, y, make_optimizer(model.parameters()), max_epochs)
    print(next((k for k, s in enumerate(sizes) if s < tolerance), None))
