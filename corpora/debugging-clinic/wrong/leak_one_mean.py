# what: one mean and one deviation for all columns
# expect: leak 2.25
# message: leak "each has its own"

# %% leak
def cure_leak(model, fit, X_train, y_train, X_test, y_test):
    mean, std = X_train.mean(), X_train.std()
    fit(model, (X_train - mean) / std, y_train)
    model.eval()
    with torch.no_grad():
        logits = model((X_test - mean) / std)
    return (logits.argmax(dim=1) == y_test).float().mean().item()
