# what: one model for all calls, of a logistic regression that forgets the intercept
# expect: convergence <=3.5, logistic-regression <3
# message: convergence "begins where the first call left one"
# %% logistic-regression
class LogisticRegressionPytorch(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 1)

    def forward(self, X):
        return torch.sigmoid(X @ self.linear.weight.T)
# %% convergence
shared_model = LogisticRegressionPytorch()


def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    sizes = train(shared_model, X, y, make_optimizer(shared_model.parameters()), max_epochs)
    return next((epoch for epoch, size in enumerate(sizes) if size < tolerance), None)
