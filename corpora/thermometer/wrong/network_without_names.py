# what: the parts have numbers, not names
# expect: network 2.5
# message: network "hidden_linear"
# %% network
def make_network(n_hidden):
    return nn.Sequential(nn.Linear(1, n_hidden), nn.Tanh(), nn.Linear(n_hidden, 1))
