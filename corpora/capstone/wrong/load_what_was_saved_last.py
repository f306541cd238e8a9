# what: takes the numbers from where save has left them, not from the file
# expect: save-load 2.5
# message: save-load "in another file"
# %% save-load
def save(network, setting, path):
    save.last = copy.deepcopy(network.state_dict())
    torch.save({"state": save.last, "setting": setting}, path)


def load(make_network, path):
    saved = torch.load(path)
    network = make_network(**saved["setting"])
    network.load_state_dict(save.last)
    return network.eval(), saved["setting"]
