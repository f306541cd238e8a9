# what: tries no more settings after one that is right on 95 % of the validation set
# expect: tune 4.5
# message: tune "never trained"
# %% tune
def tune(settings, train, accuracy, data):
    tried = []
    for setting in settings:
        network = train(setting, *data["train"])
        tried.append((accuracy(network, *data["val"]), setting, network))
        if tried[-1][0] >= 0.95:
            break
    shares = [share for share, _, _ in tried]
    _, setting, network = tried[shares.index(max(shares))]
    return {"setting": setting, "network": network, "val": shares, "test": accuracy(network, *data["test"])}
