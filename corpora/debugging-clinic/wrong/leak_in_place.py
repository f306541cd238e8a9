# what: breaks the arguments: scales the caller's tensors
# expect: leak <=2.25

# %% leak
def cure_leak(model, fit, X_train, y_train, X_test, y_test):
    mean, std = X_train.mean(dim=0), X_train.std(dim=0)
    X_train -= mean
    X_train /= std
    X_test -= mean
    X_test /= std
    fit(model, X_train, y_train)
    model.eval()
    with torch.no_grad():
        logits = model(X_test)
    return (logits.argmax(dim=1) == y_test).float().mean().item()
