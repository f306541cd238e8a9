# what: breaks a new network: each has the numbers of the one before
# expect: unregistered 2.25
# message: unregistered "begin with the same numbers"

# %% unregistered
def cure_unregistered(n_inputs, width, n_hidden, n_outputs):
    torch.manual_seed(0)
    layers = [nn.Linear(n_inputs, width), nn.ReLU()]
    for _ in range(n_hidden):
        layers += [nn.Linear(width, width), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(width, n_outputs))
