# what: breaks the layers: none has a bias
# expect: straight 2.25
# message: straight "a bias"

# %% straight
def cure_straight(n_inputs, width, n_layers):
    dims = [n_inputs, *([width] * (n_layers - 1)), 1]
    seq = []
    for k in range(len(dims) - 1):
        if k > 0:
            seq.append(nn.ReLU())
        seq.append(nn.Linear(dims[k], dims[k + 1], bias=False))
    return nn.Sequential(*seq)
