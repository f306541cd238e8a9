# what: breaks the pair: the network alone
# expect: save-load 3.5
# message: save-load "the pair"

# %% save-load
def save(network, setting, path):
    torch.save((network.state_dict(), setting), path)


def load(make_network, path):
    state, setting = torch.load(path, weights_only=True)
    net = make_network(**setting)
    net.load_state_dict(state)
    return net.eval()
