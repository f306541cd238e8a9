# what: a second output
# expect: mlp 2
# message: mlp "should have shape (6, 1)"
# %% mlp
class TitanicMLP(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear_1 = nn.Linear(2, 2)
        self.linear_2 = nn.Linear(2, 2)

    def hidden(self, X: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.linear_1(X))

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.linear_2(self.hidden(X)))
