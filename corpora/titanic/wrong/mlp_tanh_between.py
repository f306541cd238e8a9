# what: tanh in place of the first sigmoid
# expect: mlp 2.25
# message: mlp "tanh in place"
# %% mlp
class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(2, 2)
        self.linear_2 = nn.Linear(2, 1)

    def hidden(self, X):
        return torch.tanh(self.linear_1(X))

    def forward(self, X):
        return torch.sigmoid(self.linear_2(self.hidden(X)))
