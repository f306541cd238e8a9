# what: passes the setting's numbers in the order in which they are in the dict
# expect: save-load 3.5
# message: save-load "find its place"

# %% save-load
def save(network, setting, path):
    torch.save({"state": network.state_dict(), "setting": setting}, path)


def load(make_network, path):
    d = torch.load(path, weights_only=True)
    net = make_network(*d["setting"].values())
    net.load_state_dict(d["state"])
    return net.eval(), d["setting"]
