# what: forgets the learning rate, which becomes the usual one
# expect: weight-decay 2.75
# message: weight-decay "usual learning rate"

# %% weight-decay
def make_optimizer(network, learning_rate, weight_decay):
    with_decay = [p for p in network.parameters() if p.dim() > 1]
    without_decay = [p for p in network.parameters() if p.dim() == 1]
    groups = [
        {"params": with_decay, "weight_decay": weight_decay},
        {"params": without_decay, "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups)
    return optimizer
