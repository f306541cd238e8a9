# what: stores each accuracy in the setting's own dict
# expect: tune 4.5
# message: tune "changes its argument"

# %% tune
def tune(settings, train, accuracy, data):
    best = None
    val = []
    for s in settings:
        n = train(s, *data["train"])
        s["val"] = accuracy(n, *data["val"])
        val.append(s["val"])
        if best is None or s["val"] > best[0]["val"]:
            best = (s, n)
    return dict(setting=best[0], network=best[1], val=val, test=accuracy(best[1], *data["test"]))
