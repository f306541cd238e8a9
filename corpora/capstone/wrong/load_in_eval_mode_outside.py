# what: sets the mode of the outermost module alone
# expect: save-load 3.25
# message: save-load "Parts of the loaded network"
# %% save-load
def save(network, setting, path):
    torch.save({"state": network.state_dict(), "setting": setting}, path)


def load(make_network, path):
    saved = torch.load(path)
    network = make_network(**saved["setting"])
    network.load_state_dict(saved["state"])
    network.training = False
    return network, saved["setting"]
