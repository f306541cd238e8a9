# what: a sigmoid between the layers
# expect: network 2
# message: network "There is a sigmoid between the layers, not tanh"
# %% network
def make_network(n_hidden):
    return nn.Sequential(
        OrderedDict(
            [
                ("hidden_linear", nn.Linear(1, n_hidden)),
                ("hidden_activation", nn.Sigmoid()),
                ("output_linear", nn.Linear(n_hidden, 1)),
            ]
        )
    )
