# what: the output layer has no bias
# expect: unregistered 2.5
# message: unregistered "output layer's bias is not found"

# %% unregistered
def cure_unregistered(n_inputs, width, n_hidden, n_outputs):
    layers = [nn.Linear(n_inputs, width), nn.ReLU()]
    for _ in range(n_hidden):
        layers += [nn.Linear(width, width), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(width, n_outputs, bias=False))
