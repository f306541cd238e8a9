# what: half cure: a relu after every second layer
# expect: straight 0

# %% straight
def cure_straight(n_inputs, width, n_layers):
    layers = [nn.Linear(n_inputs, width), nn.ReLU()]
    for place in range(n_layers - 2):
        layers += [nn.Linear(width, width), nn.ReLU()] if place % 2 else [nn.Linear(width, width)]
    layers.append(nn.Linear(width, 1))
    return nn.Sequential(*layers)
