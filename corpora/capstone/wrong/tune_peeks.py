# what: chooses by validation, and looks at the test set for every network
# expect: tune 4
# message: tune "For which network is it needed"
# %% tune
def tune(settings, train, accuracy, data):
    networks = [train(setting, *data["train"]) for setting in settings]
    val = [accuracy(network, *data["val"]) for network in networks]
    test = [accuracy(network, *data["test"]) for network in networks]
    best = val.index(max(val))
    return {"setting": settings[best], "network": networks[best], "val": val, "test": test[best]}
