# what: turns the caller's network to float64
# expect: save-load 3.25
# message: save-load "changes the dtype"
# %% save-load
def save(network, setting, path):
    torch.save({"state": network.double().state_dict(), "setting": setting}, path)


def load(make_network, path):
    saved = torch.load(path)
    network = make_network(**saved["setting"])
    network.load_state_dict(saved["state"])
    return network.eval(), saved["setting"]
