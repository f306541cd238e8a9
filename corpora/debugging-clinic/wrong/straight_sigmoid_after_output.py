# what: breaks the output: a sigmoid after it
# expect: straight 2.5

# %% straight
def cure_straight(n_inputs, width, n_layers):
    layers = [nn.Linear(n_inputs, width), nn.ReLU()]
    for _ in range(n_layers - 2):
        layers += [nn.Linear(width, width), nn.ReLU()]
    layers.append(nn.Linear(width, 1))
    layers.append(nn.Sigmoid())
    return nn.Sequential(*layers)
