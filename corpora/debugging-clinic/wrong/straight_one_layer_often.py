# what: breaks the layers: one hidden layer used again and again
# expect: straight <=2.25

# %% straight
def cure_straight(n_inputs, width, n_layers):
    middle = nn.Linear(width, width)
    layers = [nn.Linear(n_inputs, width), nn.ReLU()]
    for _ in range(n_layers - 2):
        layers += [middle, nn.ReLU()]
    layers.append(nn.Linear(width, 1))
    return nn.Sequential(*layers)
