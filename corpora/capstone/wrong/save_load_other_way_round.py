# what: breaks the pair: the setting first
# expect: save-load 3.5
# message: save-load "network first"

# %% save-load
def save(network, setting, path):
    torch.save({"state_dict": network.state_dict(), "setting": dict(setting)}, path)


def load(make_network, path):
    content = torch.load(path, weights_only=True)
    setting = content["setting"]
    network = make_network(**setting)
    network.load_state_dict(content["state_dict"])
    network.eval()
    return setting, network
