# what: clears the gradients of the caller's network
# expect: save-load 3.25
# message: save-load "changes the gradients"
# %% save-load
def save(network, setting, path):
    network.zero_grad()
    torch.save({"state": network.state_dict(), "setting": setting}, path)


def load(make_network, path):
    saved = torch.load(path)
    network = make_network(**saved["setting"])
    network.load_state_dict(saved["state"])
    return network.eval(), saved["setting"]
