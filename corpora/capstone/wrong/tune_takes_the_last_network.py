# what: breaks the network: the last one
# expect: tune 4
# message: tune "trained last"

# %% tune
def tune(settings, train, accuracy, data):
    val_accuracies = []
    for setting in settings:
        network = train(setting, *data["train"])
        val_accuracies.append(accuracy(network, *data["val"]))
    best = max(range(len(settings)), key=val_accuracies.__getitem__)
    return {
        "setting": settings[best],
        "network": network,
        "val": val_accuracies,
        "test": accuracy(network, *data["test"]),
    }
