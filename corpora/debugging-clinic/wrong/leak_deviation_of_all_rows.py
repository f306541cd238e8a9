# what: half cure: the mean is that of the training rows, the deviation that of all
# expect: leak 1.5
# message: leak "a say in the deviation"

# %% leak
def cure_leak(model, fit, X_train, y_train, X_test, y_test):
    mean, std = X_train.mean(dim=0), torch.cat([X_train, X_test]).std(dim=0)
    model.train()
    fit(model, (X_train - mean) / std, y_train)
    model.eval()
    with torch.no_grad():
        logits = model((X_test - mean) / std)
    return (logits.argmax(dim=1) == y_test).float().mean().item()
