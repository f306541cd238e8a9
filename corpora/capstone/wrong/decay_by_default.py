# what: breaks the second group: it decays by AdamW's default
# expect: weight-decay 3
# message: weight-decay "a group has that is given none"

# %% weight-decay
def make_optimizer(network: nn.Module, learning_rate: float, weight_decay: float) -> torch.optim.Optimizer:
    decay, no_decay = [], []
    for p in network.parameters():
        if p.dim() >= 2:
            decay.append(p)
        else:
            no_decay.append(p)
    return torch.optim.AdamW(
        [{"params": decay, "weight_decay": weight_decay}, {"params": no_decay}],
        lr=learning_rate,
    )
