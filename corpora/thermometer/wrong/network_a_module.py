# what: a module of its own where an nn.Sequential is asked for
# expect: network 2.5
# message: network "nn.Sequential"
# %% network
class Network(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.hidden_linear = nn.Linear(1, n)
        self.hidden_activation = nn.Tanh()
        self.output_linear = nn.Linear(n, 1)

    def forward(self, x):
        return self.output_linear(self.hidden_activation(self.hidden_linear(x)))

def make_network(n_hidden):
    return Network(n_hidden)
