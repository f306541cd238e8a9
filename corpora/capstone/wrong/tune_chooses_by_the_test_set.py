# what: chooses the setting that is best on the test set
# expect: tune 1..2.5
# message: tune "best on the test set"
# %% tune
def tune(settings, train, accuracy, data):
    networks = [train(setting, *data["train"]) for setting in settings]
    val = [accuracy(network, *data["val"]) for network in networks]
    test = [accuracy(network, *data["test"]) for network in networks]
    best = test.index(max(test))
    return {"setting": settings[best], "network": networks[best], "val": val, "test": test[best]}
