# what: the activation follows the output layer, too
# expect: network 1.5
# message: network "Another tanh follows the last layer"
# %% network
def make_network(n_hidden):
    return nn.Sequential(OrderedDict([
        ("hidden_linear", nn.Linear(1, n_hidden)),
        ("hidden_activation", nn.Tanh()),
        ("output_linear", nn.Linear(n_hidden, 1)),
        ("output_activation", nn.Tanh()),
    ]))
