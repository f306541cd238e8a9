# what: an AdamW with a setting that nobody asked for
# expect: weight-decay 3.75
# message: weight-decay "amsgrad"

# %% weight-decay
def make_optimizer(network, learning_rate, weight_decay):
    a = [p for p in network.parameters() if p.dim() >= 2]
    b = [p for p in network.parameters() if p.dim() < 2]
    return torch.optim.AdamW(
        [dict(params=a, weight_decay=weight_decay), dict(params=b, weight_decay=0.0)],
        lr=learning_rate,
        amsgrad=True,
    )
