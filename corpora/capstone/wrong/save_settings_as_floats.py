# what: makes floats of the whole numbers in the setting
# expect: save-load 3
# message: save-load "a float"
# %% save-load
def save(network, setting, path):
    numbers = {key: float(value) for key, value in setting.items()}
    torch.save({"state": network.state_dict(), "setting": numbers}, path)


def load(make_network, path):
    saved = torch.load(path)
    network = make_network(**saved["setting"])
    network.load_state_dict(saved["state"])
    return network.eval(), saved["setting"]
