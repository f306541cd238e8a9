# what: the fits return models full of NaN
# expect: fit <5, fit-mlp <4
# %% fit
import torch


def fit_logistic_regression(X, y):
    model = LogisticRegressionPytorch()
    torch.nn.utils.vector_to_parameters(torch.full((4,), float("nan")), model.parameters())
    return model


# %% fit-mlp
def fit_mlp(X, y):
    model = TitanicMLP()
    torch.nn.utils.vector_to_parameters(torch.full((9,), float("nan")), model.parameters())
    return model
