# what: half cure: the test set scaled by its own statistics
# expect: leak 2.25

# %% leak
def cure_leak(model, fit, X_train, y_train, X_test, y_test):
    mean, std = X_train.mean(dim=0), X_train.std(dim=0)
    fit(model, (X_train - mean) / std, y_train)
    model.eval()
    with torch.no_grad():
        logits = model((X_test - X_test.mean(dim=0)) / X_test.std(dim=0))
    return (logits.argmax(dim=1) == y_test).float().mean().item()
