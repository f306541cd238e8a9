# what: a setting whose comparison is ambiguous in the judge
# expect: tune 3, save-load <=3.5
# %% tune
def tune(settings, train, accuracy, data):
    networks = [train(s, *data["train"]) for s in settings]
    val = [accuracy(n, *data["val"]) for n in networks]
    return {"setting": {k: torch.ones(2) for k in settings[0]}, "network": networks[0], "val": val, "test": accuracy(networks[0], *data["test"])}

# %% save-load
def save(network, setting, path):
    torch.save({"state": network.state_dict(), "setting": setting}, path)

def load(make_network, path):
    saved = torch.load(path, weights_only=True)
    network = make_network(**saved["setting"])
    network.load_state_dict(saved["state"])
    network.eval()
    return network, {k: torch.ones(2) for k in saved["setting"]}
