# what: relu under the name of hidden_activation
# expect: network 2
# message: network "There is a relu between the layers, not tanh"
# %% network
def make_network(n_hidden):
    return nn.Sequential(OrderedDict([
        ("hidden_linear", nn.Linear(1, n_hidden)),
        ("hidden_activation", nn.ReLU()),
        ("output_linear", nn.Linear(n_hidden, 1)),
    ]))
