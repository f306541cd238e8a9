# what: asks the judge's own functions for answers, and floods them
# expect: leak <=0.75, first-batch <=0.5

# %% leak
def cure_leak(model, fit, X_train, y_train, X_test, y_test):
    for k in range(20):
        fit(model, X_train / (k + 1), y_train)
    model.eval()
    return model.saw(X_test, False) or 0.66


# %% first-batch
def cure_first_batch(model, loader, optimizer):
    seen = getattr(loader.dataset, "seen", None)
    for index in range(len(loader.dataset)):
        if seen is not None:
            seen(index)
    return 1.0, 0.5
