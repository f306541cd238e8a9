# what: layers without bias
# expect: deep 0.5
# message: deep "numbers to learn"

# %% deep
class DeepNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out, n_layers):
        super().__init__()
        sizes = [n_in, *[n_hidden] * (n_layers - 1), n_out]
        self.layers = nn.ModuleList(nn.Linear(a, b, bias=False) for a, b in zip(sizes, sizes[1:]))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)
