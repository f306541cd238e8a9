# what: the patient under the cure's name
# expect: leak 0
# message: leak "mean"
# message: leak "train mode"

# %% leak
def cure_leak(model, fit, X_train, y_train, X_test, y_test):
    everything = torch.cat([X_train, X_test])
    mean, std = everything.mean(dim=0), everything.std(dim=0)
    fit(model, (X_train - mean) / std, y_train)
    model.train()
    with torch.no_grad():
        logits = model((X_test - mean) / std)
    return (logits.argmax(dim=1) == y_test).float().mean().item()
