# what: breaks a column of small numbers: takes it for a constant one
# expect: leak 2.25
# message: leak "a column whose deviation"

# %% leak
def cure_leak(model, fit, X_train, y_train, X_test, y_test):
    mean, std = X_train.mean(dim=0), X_train.std(dim=0)
    std[std < 0.01] = 1.0
    fit(model, (X_train - mean) / std, y_train)
    model.eval()
    with torch.no_grad():
        logits = model((X_test - mean) / std)
    return (logits.argmax(dim=1) == y_test).float().mean().item()
