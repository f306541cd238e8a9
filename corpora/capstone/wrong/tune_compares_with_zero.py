# what: breaks the comparison: the best so far is never kept
# expect: tune 3.5
# message: tune "last"

# %% tune
def tune(settings, train, accuracy, data):
    images, labels = data["train"]
    val_images, val_labels = data["val"]
    best_accuracy = 0
    val = []
    for setting in settings:
        network = train(setting, images, labels)
        acc = accuracy(network, val_images, val_labels)
        val.append(acc)
        if acc > best_accuracy:
            best_setting = setting
            best_network = network
    test_images, test_labels = data["test"]
    return {
        "setting": best_setting,
        "network": best_network,
        "val": val,
        "test": accuracy(best_network, test_images, test_labels),
    }
