# what: layers in a plain list
# expect: deep 2.5
# message: deep "plain list"

# %% deep


class DeepNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out, n_layers):
        super().__init__()
        sizes = [n_in] + [n_hidden] * (n_layers - 1) + [n_out]
        self.layers = [nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:])]

    def forward(self, x):

        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)
