# what: breaks the setting: its number
# expect: tune 3.5
# message: tune "place of one"

# %% tune
def tune(settings, train, accuracy, data):
    nets = []
    val = []
    for setting in settings:
        nets.append(train(setting, *data["train"]))
        val.append(accuracy(nets[-1], *data["val"]))
    best = int(torch.tensor(val).argmax())
    out = {}
    out["setting"] = best
    out["network"] = nets[best]
    out["val"] = val
    out["test"] = accuracy(nets[best], *data["test"])
    return out
