# what: a single hidden unit
# expect: mlp 0..2.5
# %% mlp
class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1, self.linear_2 = nn.Linear(2, 1), nn.Linear(1, 1)
    def hidden(self, X):
        return torch.sigmoid(self.linear_1(X))
    def forward(self, X):
        return torch.sigmoid(self.linear_2(self.hidden(X)))
