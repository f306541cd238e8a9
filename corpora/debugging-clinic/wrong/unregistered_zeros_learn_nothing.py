# what: breaks the training: relus that begin at 0, weights and biases, pass nothing on
# expect: unregistered 2.25
# message: unregistered "do not learn"

# %% unregistered
def cure_unregistered(n_inputs, width, n_hidden, n_outputs):
    layers = [nn.Linear(n_inputs, width), nn.ReLU()]
    for _ in range(n_hidden):
        hidden = nn.Linear(width, width)
        nn.init.zeros_(hidden.weight)
        nn.init.zeros_(hidden.bias)
        layers += [hidden, nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(width, n_outputs))
