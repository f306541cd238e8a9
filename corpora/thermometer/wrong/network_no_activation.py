# what: nothing between the layers
# expect: network 2
# message: network "Nothing is between the two linear layers"
# %% network
def make_network(n_hidden):
    return nn.Sequential(
        OrderedDict(
            [
                ("hidden_linear", nn.Linear(1, n_hidden)),
                ("hidden_activation", nn.Identity()),
                ("output_linear", nn.Linear(n_hidden, 1)),
            ]
        )
    )
