# what: switches to eval mode in order to save, and to train mode afterwards, whatever it was
# expect: save-load 3.25
# message: save-load "leaves the network in train mode"
# %% save-load
def save(network, setting, path):
    network.eval()
    torch.save({"state": network.state_dict(), "setting": setting}, path)
    network.train()


def load(make_network, path):
    saved = torch.load(path)
    network = make_network(**saved["setting"])
    network.load_state_dict(saved["state"])
    return network.eval(), saved["setting"]
