# what: half cure: all but the last hidden layer
# expect: straight 1.75

# %% straight
def cure_straight(n_inputs, width, n_layers):
    layers = [nn.Linear(n_inputs, width), nn.Identity()]
    for _ in range(n_layers - 2):
        layers += [nn.ReLU(), nn.Linear(width, width)]
    layers.append(nn.Linear(width, 1))
    return nn.Sequential(*layers)
