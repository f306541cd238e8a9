# what: n_layers hidden layers and one more
# expect: deep 3
# message: deep "one more than"

# %% deep


class DeepNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out, n_layers):
        super().__init__()
        sizes = [n_in] + [n_hidden] * n_layers + [n_out]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:]))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)
