# what: the patient under the cure's name
# expect: straight 0
# message: straight "bends"

# %% straight
def cure_straight(n_inputs, width, n_layers):
    layers = [nn.Linear(n_inputs, width), nn.ReLU()]
    for _ in range(n_layers - 2):
        layers.append(nn.Linear(width, width))
    layers.append(nn.Linear(width, 1))
    return nn.Sequential(*layers)
