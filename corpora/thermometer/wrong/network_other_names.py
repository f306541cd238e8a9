# what: names that are nearly right
# expect: network 2.5
# %% network
def make_network(n_hidden):
    return nn.Sequential(
        OrderedDict(
            [
                ("linear_hidden", nn.Linear(1, n_hidden)),
                ("hidden_activation", nn.Tanh()),
                ("linear_output", nn.Linear(n_hidden, 1)),
            ]
        )
    )
