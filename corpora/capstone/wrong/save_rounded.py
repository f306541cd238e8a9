# what: rounds the numbers
# expect: save-load 2
# message: save-load "rounded"
# %% save-load
def save(network, setting, path):
    numbers = {
        k: v.round(decimals=4) if v.is_floating_point() else v for k, v in network.state_dict().items()
    }
    torch.save({"state": numbers, "setting": setting}, path)


def load(make_network, path):
    saved = torch.load(path)
    network = make_network(**saved["setting"])
    network.load_state_dict(saved["state"])
    return network.eval(), saved["setting"]
