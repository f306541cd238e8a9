# what: a network whose numbers overflow in the judge's own forward pass
# expect: fit-mlp 0
# %% fit-mlp
def fit_mlp(X, y):
    model = TitanicMLP()
    for p in model.parameters():
        p.data = torch.full(p.shape, 1.7e308, dtype=torch.float64)
    model.linear_1.weight.data[:, 1] *= -1
    model.linear_2.weight.data[0, 1] *= -1
    return model
