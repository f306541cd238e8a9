# what: layers without biases
# expect: mlp 2.5
# message: mlp "without a bias"
# %% mlp
class TitanicMLP(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear_1 = nn.Linear(2, 2, bias=False)
        self.linear_2 = nn.Linear(2, 1, bias=False)

    def hidden(self, X: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.linear_1(X))

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.linear_2(self.hidden(X)))
