# what: all networks share their layers
# expect: two-layer 1.75
# message: two-layer "share|same"

# %% two-layer
layers_of_all = {}


class TwoLayerNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        layer = layers_of_all.setdefault((n_in, n_hidden, n_out), nn.Linear(n_in, n_hidden))
        self.first, self.second = layer, nn.Linear(n_hidden, n_out)

    def forward(self, x):
        return self.second(torch.relu(self.first(x)))
