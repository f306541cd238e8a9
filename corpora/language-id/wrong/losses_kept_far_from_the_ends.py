# what: keeps predictions 0.05 away from 0 and 1
# expect: losses <4
# message: losses "0.05 away"
# %% losses
def absolute_error(predicted: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    return torch.mean(torch.abs(target - predicted))


def squared_error(predicted: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    return torch.mean((target - predicted) ** 2)


def cross_entropy(predicted: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    p = predicted.clamp(0.05, 0.95)
    return torch.mean(-target * torch.log(p) - (1 - target) * torch.log(1 - p))
