# what: keeps the setting in a second file
# expect: save-load 3.5
# message: save-load "more than the one file"

# %% save-load
def save(network, setting, path):
    import json

    torch.save(network.state_dict(), path)
    Path(str(path) + ".json").write_text(json.dumps(setting))


def load(make_network, path):
    import json

    setting = json.loads(Path(str(path) + ".json").read_text())
    net = make_network(**setting)
    net.load_state_dict(torch.load(path, weights_only=True))
    return net.eval(), setting
