# what: half cure: the tensors are mended, the list is not
# expect: unregistered 0.5

# %% unregistered
def cure_unregistered(n_inputs, width, n_hidden, n_outputs):
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(n_inputs, width)
            self.hidden = [nn.Linear(width, width) for _ in range(n_hidden)]
            self.weight = nn.Parameter(torch.randn(width, n_outputs) / math.sqrt(width))
            self.bias = nn.Parameter(torch.zeros(n_outputs))

        def forward(self, X):
            X = torch.relu(self.first(X))
            for layer in self.hidden:
                X = torch.relu(layer(X))
            return X @ self.weight + self.bias

    return Network()
