# what: the buffers are not saved, and a loading that is not strict hides it
# expect: save-load 2.5
# message: save-load "Was everything saved"
# %% save-load
def save(network, setting, path):
    torch.save(
        {"state": {name: p.detach() for name, p in network.named_parameters()}, "setting": setting}, path
    )


def load(make_network, path):
    saved = torch.load(path)
    network = make_network(**saved["setting"])
    network.load_state_dict(saved["state"], strict=False)
    return network.eval(), saved["setting"]
