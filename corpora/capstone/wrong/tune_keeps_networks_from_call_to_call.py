# what: keeps each network for its setting, and takes it for other images, too
# expect: tune 4.5
# message: tune "in this call of `tune`"
# %% tune
KEPT = {}


def tune(settings, train, accuracy, data):
    for setting in settings:
        if str(setting) not in KEPT:
            KEPT[str(setting)] = train(setting, *data["train"])
    networks = [KEPT[str(setting)] for setting in settings]
    val = [accuracy(network, *data["val"]) for network in networks]
    best = val.index(max(val))
    test = accuracy(networks[best], *data["test"])
    return {"setting": settings[best], "network": networks[best], "val": val, "test": test}
