# what: tanh is written as (e^2x - 1) / (e^2x + 1), which is inf / inf for large readings
# expect: network 2
# %% network
class Bend(nn.Module):
    def forward(self, x):
        e = (2 * x).exp()
        return (e - 1) / (e + 1)

def make_network(n_hidden):
    return nn.Sequential(OrderedDict([
        ("hidden_linear", nn.Linear(1, n_hidden)),
        ("hidden_activation", Bend()),
        ("output_linear", nn.Linear(n_hidden, 1)),
    ]))
