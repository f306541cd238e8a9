# what: keeps mean and deviation of the first training set for all of its shape
# expect: leak 2.25
# %% leak
scales = {}


def cure_leak(model, fit, X_train, y_train, X_test, y_test):
    key = tuple(X_train.shape)
    if key not in scales:
        scales[key] = (X_train.mean(dim=0), X_train.std(dim=0))
    mean, spread = scales[key]
    fit(model, (X_train - mean) / spread, y_train)
    model.eval()
    with torch.no_grad():
        answers = model((X_test - mean) / spread).argmax(dim=1)
    return (answers == y_test).float().mean().item()
