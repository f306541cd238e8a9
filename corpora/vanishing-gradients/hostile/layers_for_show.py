# what: .layers holds layers that the forward pass does not use
# expect: deep-mlp 0..1.25

# %% deep-mlp
class DeepMLP(nn.Module):
    def __init__(self, n_inputs, width, n_hidden, activation):
        super().__init__()
        sizes = [n_inputs] + [width] * n_hidden + [1]
        self.layers = nn.ModuleList([nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:])])
        self.__dict__["secret"] = nn.Linear(n_inputs, 1)

    def forward(self, X):
        return self.secret(X)
