# what: trains the chosen setting a second time, on training and validation images together
# expect: tune 4.5
# message: tune "from which images may a network learn"
# %% tune
def tune(settings, train, accuracy, data):
    networks = [train(setting, *data["train"]) for setting in settings]
    val = [accuracy(network, *data["val"]) for network in networks]
    best = settings[val.index(max(val))]
    everything = [torch.cat(parts) for parts in zip(data["train"], data["val"])]
    network = train(best, *everything)
    return {"setting": best, "network": network, "val": val, "test": accuracy(network, *data["test"])}
