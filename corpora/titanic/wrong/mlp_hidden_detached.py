# what: the hidden units are detached: the first layer never learns
# expect: mlp 2.5, fit-mlp 0..4
# message: mlp "No gradient reaches"
# %% mlp
class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(2, 2)
        self.linear_2 = nn.Linear(2, 1)

    def hidden(self, X):
        return torch.sigmoid(self.linear_1(X))

    def forward(self, X):
        return torch.sigmoid(self.linear_2(self.hidden(X).detach()))
