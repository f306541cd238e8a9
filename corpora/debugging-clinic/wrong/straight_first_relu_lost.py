# what: half cure: a relu after each layer but the first
# expect: straight 1.75
# message: straight "linear layers 1 and 2"

# %% straight
def cure_straight(n_inputs, width, n_layers):
    class Deep(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(n_inputs, width)
            self.middle = nn.ModuleList([nn.Linear(width, width) for _ in range(n_layers - 2)])
            self.last = nn.Linear(width, 1)

        def forward(self, x):
            x = self.first(x)
            for layer in self.middle:
                x = torch.tanh(layer(x))
            return self.last(x)

    return Deep()
