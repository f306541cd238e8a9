# what: half cure: eval mode, and scaled by all rows
# expect: leak 1.5

# %% leak
def cure_leak(model, fit, X_train, y_train, X_test, y_test):
    everything = torch.cat([X_train, X_test])
    mean, std = everything.mean(dim=0), everything.std(dim=0)
    fit(model, (X_train - mean) / std, y_train)
    model.eval()
    with torch.no_grad():
        logits = model((X_test - mean) / std)
    return (logits.argmax(dim=1) == y_test).float().mean().item()
