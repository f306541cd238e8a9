# what: one hidden layer too many
# expect: network 0.5
# %% network
def make_network(n_hidden):
    return nn.Sequential(
        OrderedDict(
            [
                ("hidden_linear", nn.Linear(1, n_hidden)),
                ("hidden_activation", nn.Tanh()),
                ("second", nn.Linear(n_hidden, n_hidden)),
                ("output_linear", nn.Linear(n_hidden, 1)),
            ]
        )
    )
