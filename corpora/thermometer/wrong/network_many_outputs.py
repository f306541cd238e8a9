# what: as many outputs as hidden units
# expect: network 1
# %% network
def make_network(n_hidden):
    return nn.Sequential(
        OrderedDict(
            [
                ("hidden_linear", nn.Linear(1, n_hidden)),
                ("hidden_activation", nn.Tanh()),
                ("output_linear", nn.Linear(n_hidden, n_hidden)),
            ]
        )
    )
