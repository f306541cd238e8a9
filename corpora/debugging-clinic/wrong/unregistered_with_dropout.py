# what: adds a dropout
# expect: unregistered 1.75
# message: unregistered "what is random in it"

# %% unregistered
def cure_unregistered(n_inputs, width, n_hidden, n_outputs):
    layers = [nn.Linear(n_inputs, width), nn.ReLU()]
    for _ in range(n_hidden):
        layers += [nn.Linear(width, width), nn.ReLU(), nn.Dropout(0.2)]
    return nn.Sequential(*layers, nn.Linear(width, n_outputs))
