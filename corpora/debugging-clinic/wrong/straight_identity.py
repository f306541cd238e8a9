# what: half cure: something between the layers that bends nothing
# expect: straight 0

# %% straight
def cure_straight(n_inputs, width, n_layers):
    layers = [nn.Linear(n_inputs, width), nn.ReLU()]
    for _ in range(n_layers - 2):
        layers += [nn.Linear(width, width), nn.Identity()]
    layers.append(nn.Linear(width, 1))
    return nn.Sequential(*layers)
