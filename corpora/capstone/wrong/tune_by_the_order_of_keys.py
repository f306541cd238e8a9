# what: takes the three sets in the order in which they are in the dict
# expect: tune 4
# message: tune "the keys of `data`"
# %% tune
def tune(settings, train, accuracy, data):
    (images, labels), *others = data.values()
    networks = [train(setting, images, labels) for setting in settings]
    val = [accuracy(network, *others[0]) for network in networks]
    best = val.index(max(val))
    test = accuracy(networks[best], *others[1])
    return {"setting": settings[best], "network": networks[best], "val": val, "test": test}
