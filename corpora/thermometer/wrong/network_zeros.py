# what: all parameters start at zero
# expect: network 2.5
# message: network "equal"
# %% network
def make_network(n_hidden):
    network = nn.Sequential(OrderedDict([
        ("hidden_linear", nn.Linear(1, n_hidden)),
        ("hidden_activation", nn.Tanh()),
        ("output_linear", nn.Linear(n_hidden, 1)),
    ]))
    for parameter in network.parameters():
        nn.init.zeros_(parameter)
    return network
