# what: the same hidden layer again and again
# expect: deep 3

# %% deep


class DeepNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out, n_layers):
        super().__init__()
        self.n_layers = n_layers
        self.first = nn.Linear(n_in, n_hidden if n_layers > 1 else n_out)
        if n_layers > 2:
            self.hidden = nn.Linear(n_hidden, n_hidden)
        if n_layers > 1:
            self.last = nn.Linear(n_hidden, n_out)

    def forward(self, x):
        x = self.first(x)
        if self.n_layers == 1:
            return x
        for _ in range(self.n_layers - 2):
            x = self.hidden(torch.relu(x))
        return self.last(torch.relu(x))
