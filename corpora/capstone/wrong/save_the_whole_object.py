# what: pickles the whole network
# expect: save-load 3.25
# message: save-load "or its state_dict"
# %% save-load
def save(network, setting, path):
    torch.save((network, setting), path)


def load(make_network, path):
    network, setting = torch.load(path, weights_only=False)
    return network.eval(), setting
