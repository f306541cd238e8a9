# what: only linear layers and convolutions decay
# expect: weight-decay 2.5
# message: weight-decay "and others do"

# %% weight-decay
def make_optimizer(network, learning_rate, weight_decay):
    a = [m.weight for m in network.modules() if isinstance(m, (nn.Linear, nn.Conv2d))]
    ids = set(map(id, a))
    b = [p for p in network.parameters() if id(p) not in ids]
    return torch.optim.AdamW(
        [dict(params=a, weight_decay=weight_decay), dict(params=b, weight_decay=0.0)], lr=learning_rate
    )
