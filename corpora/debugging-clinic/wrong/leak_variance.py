# what: breaks the scaling: divided by the variance
# expect: leak 2.25
# message: leak "divides by the variance"

# %% leak
def cure_leak(model, fit, X_train, y_train, X_test, y_test):
    m = X_train.mean(dim=0)
    s = ((X_train - m) ** 2).mean(dim=0)
    fit(model, (X_train - m) / s, y_train)
    model.eval()
    with torch.no_grad():
        logits = model((X_test - m) / s)
    correct = (logits.argmax(dim=1) == y_test).sum().item()
    return correct / len(y_test)
