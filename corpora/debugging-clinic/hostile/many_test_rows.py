# what: the model gets a million rows after fit
# expect: leak 0..3
# %% leak
def cure_leak(model, fit, X_train, y_train, X_test, y_test):
    fit(model, X_train, y_train)
    model.eval()
    with torch.no_grad():
        model(X_test.repeat(20000, 1))
    return 0.5
