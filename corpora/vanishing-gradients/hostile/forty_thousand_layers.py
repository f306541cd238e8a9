# what: some forty thousand layers, all of them one
# expect: deep-mlp 0..3
# %% deep-mlp
class DeepMLP(nn.Module):
    def __init__(self, n_inputs, width, n_hidden, activation):
        super().__init__()
        self.first, self.mid, self.last = nn.Linear(n_inputs, width), nn.Linear(width, width), nn.Linear(width, 1)
        self.layers = [self.first] + [self.mid] * 40000 + [self.last]
        self.activation = activation
    def forward(self, X):
        return torch.zeros(len(X), 1) + 0 * self.last.weight.sum()
