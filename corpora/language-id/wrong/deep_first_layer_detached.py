# what: the first layer never learns
# expect: deep 3.5
# message: deep "no gradient"

# %% deep
class DeepNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out, n_layers):
        super().__init__()
        sizes = [n_in, *[n_hidden] * (n_layers - 1), n_out]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))

    def forward(self, x):
        for place, layer in enumerate(self.layers[:-1]):
            x = torch.relu(layer(x))
            x = x.detach() if place == 0 else x
        return self.layers[-1](x)
