# what: without brackets only the mean is divided by the spread, not the difference
# expect: standardize 1.5
# message: standardize "are brackets missing"
# %% standardize
def standardize(train: torch.Tensor, test: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    mean = torch.mean(train, dim=0)
    std = torch.std(train, dim=0)
    std = torch.where(std == 0, torch.ones_like(std), std)
    return train - mean / std, test - mean / std
