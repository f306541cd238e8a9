# what: always eight hidden units
# expect: network 2
# %% network
def make_network(n_hidden):
    return nn.Sequential(OrderedDict([
        ("hidden_linear", nn.Linear(1, 8)),
        ("hidden_activation", nn.Tanh()),
        ("output_linear", nn.Linear(8, 1)),
    ]))
