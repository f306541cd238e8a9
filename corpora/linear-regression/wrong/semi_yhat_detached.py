# what: detaches yhat in backward
# expect: semi 0.5
# message: semi "detached there"
# %% semi
class LinearRegressionSemi:
    def __init__(self, n_features: int):
        self.weights = (0.1 * torch.randn(n_features, 1)).requires_grad_()
        self.bias = (0.1 * torch.rand(1)).requires_grad_()

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return torch.relu(X @ self.weights + self.bias).squeeze(1)

    def backward(
        self, X: torch.Tensor, yhat: torch.Tensor, y: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        loss = ((yhat.detach() - y) ** 2).mean()
        return torch.autograd.grad(loss, (self.weights, self.bias))
