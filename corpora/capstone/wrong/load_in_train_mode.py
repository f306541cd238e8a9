# what: the loaded network stays in train mode
# expect: save-load 3.25
# message: save-load "train mode"
# %% save-load
def save(network, setting, path):
    torch.save({"state": network.state_dict(), "setting": setting}, path)


def load(make_network, path):
    saved = torch.load(path)
    network = make_network(**saved["setting"])
    network.load_state_dict(saved["state"])
    return network, saved["setting"]
