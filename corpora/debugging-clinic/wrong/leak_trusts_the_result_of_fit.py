# what: breaks a `fit` that returns its losses: takes them for the model
# expect: leak 2.25
# message: leak "has no attribute"

# %% leak
def cure_leak(model, fit, X_train, y_train, X_test, y_test):
    mean, std = X_train.mean(dim=0), X_train.std(dim=0)
    model = fit(model, (X_train - mean) / std, y_train) or model
    model.eval()
    with torch.no_grad():
        logits = model((X_test - mean) / std)
    return (logits.argmax(dim=1) == y_test).float().mean().item()
