# what: Xavier as 1 / fan_in, as some books have it; the layers under names of their own, and once more in a list
# %% deep-mlp
class DeepMLP(nn.Module):
    def __init__(self, n_inputs, width, n_hidden, activation):
        super(DeepMLP, self).__init__()
        self.act = activation
        self.fc_in = nn.Linear(n_inputs, width)
        self.fc_hidden = nn.ModuleList([nn.Linear(width, width) for _ in range(n_hidden - 1)])
        self.fc_out = nn.Linear(width, 1)
        self.layers = nn.ModuleList([self.fc_in, *self.fc_hidden, self.fc_out])

    def forward(self, x):
        x = self.act(self.fc_in(x))
        for fc in self.fc_hidden:
            x = self.act(fc(x))
        return self.fc_out(x)
# %% initialize
def initialize(model, scheme, seed):
    torch.manual_seed(seed)
    for layer in model.layers:
        fan_in = layer.weight.shape[1]
        std = {"xavier": (1 / fan_in) ** 0.5, "he": (2 / fan_in) ** 0.5}.get(scheme, scheme)
        layer.weight.data.normal_(0, std)
        layer.bias.data.zero_()
