# what: breaks an odd number of layers: hidden ones come in pairs
# expect: straight 2.25
# message: straight "sizes are"

# %% straight
def cure_straight(n_inputs, width, n_layers):
    layers = [nn.Linear(n_inputs, width), nn.ReLU()]
    for _ in range((n_layers - 2) // 2):
        layers += [nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(width, 1))
