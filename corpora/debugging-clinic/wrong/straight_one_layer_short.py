# what: breaks the depth: one layer too few
# expect: straight 2.25

# %% straight
def cure_straight(n_inputs, width, n_layers):
    layers = [nn.Linear(n_inputs, width), nn.ReLU()]
    for _ in range(n_layers - 3):
        layers += [nn.Linear(width, width), nn.ReLU()]
    layers.append(nn.Linear(width, 1))
    return nn.Sequential(*layers)
