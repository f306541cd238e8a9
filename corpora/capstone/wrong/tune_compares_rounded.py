# what: compares accuracies that are rounded to hundredths
# expect: tune 3.5
# message: tune "close together"
# %% tune
def tune(settings, train, accuracy, data):
    networks = [train(setting, *data["train"]) for setting in settings]
    val = [accuracy(network, *data["val"]) for network in networks]
    rounded = [round(share, 2) for share in val]
    best = rounded.index(max(rounded))
    test = accuracy(networks[best], *data["test"])
    return {"setting": settings[best], "network": networks[best], "val": val, "test": test}
