# what: no relu before the last layer
# expect: deep 2.25
# message: deep "The relu before the last layer is missing"

# %% deep
class DeepNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out, n_layers):
        super().__init__()
        sizes = [n_in] + [n_hidden] * (n_layers - 1) + [n_out]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))

    def forward(self, x):
        for layer in self.layers[:-2]:
            x = torch.relu(layer(x))
        for layer in self.layers[-2:]:
            x = layer(x)
        return x
