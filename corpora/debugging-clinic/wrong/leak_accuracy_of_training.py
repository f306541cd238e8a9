# what: breaks the answer: the accuracy on the training set
# expect: leak 1.5

# %% leak
def cure_leak(model, fit, X_train, y_train, X_test, y_test):
    mean, std = X_train.mean(dim=0), X_train.std(dim=0)
    fit(model, (X_train - mean) / std, y_train)
    model.eval()
    with torch.no_grad():
        logits = model((X_train - mean) / std)
    return (logits.argmax(dim=1) == y_train).float().mean().item()
