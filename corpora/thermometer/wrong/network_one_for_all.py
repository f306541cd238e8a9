# what: the same layers in every network of a size
# expect: network 2.5
# %% network
_made = {}

def make_network(n_hidden):
    if n_hidden not in _made:
        _made[n_hidden] = nn.Linear(1, n_hidden), nn.Linear(n_hidden, 1)
    return nn.Sequential(OrderedDict([
        ("hidden_linear", _made[n_hidden][0]),
        ("hidden_activation", nn.Tanh()),
        ("output_linear", _made[n_hidden][1]),
    ]))
