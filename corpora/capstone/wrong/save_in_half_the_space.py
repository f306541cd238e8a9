# what: saves float32 numbers, whatever the network has
# expect: save-load 3.5
# message: save-load "not what"
# %% save-load
def save(network, setting, path):
    small = {name: values.to(torch.float32) for name, values in network.state_dict().items()}
    torch.save([small, setting], path)

def load(make_network, path):
    numbers, setting = torch.load(path, weights_only=True)
    network = make_network(**setting)
    network.load_state_dict(numbers)
    return network.eval(), setting
