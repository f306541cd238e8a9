# what: breaks the choice: by the training set
# expect: tune 2.5
# message: tune "No accuracy on the validation set"

# %% tune
def tune(settings, train, accuracy, data):
    x, y = data["train"]
    results = []
    for setting in settings:
        network = train(setting, x, y)
        results.append((accuracy(network, x, y), network, setting))
    best = max(results, key=lambda r: r[0])
    return {
        "setting": best[2],
        "network": best[1],
        "val": [r[0] for r in results],
        "test": accuracy(best[1], *data["test"]),
    }
