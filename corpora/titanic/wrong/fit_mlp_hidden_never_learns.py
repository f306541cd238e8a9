# what: only the second layer is trained
# expect: fit-mlp <4
# %% fit-mlp
def fit_mlp(X, y):
    torch.manual_seed(1)
    model = TitanicMLP()
    optimizer = torch.optim.Adam(model.linear_2.parameters(), lr=0.1)
    for _ in range(500):
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy(model(X), y.reshape(-1, 1)).backward()
        optimizer.step()
    return model
