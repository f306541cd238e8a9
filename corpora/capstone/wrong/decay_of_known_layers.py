# what: goes through the kinds of layers that the notebook has, and leaves all other parameters out
# expect: weight-decay 2.75
# %% weight-decay
def make_optimizer(network, learning_rate, weight_decay):
    weights, rest = [], []
    for layer in network.modules():
        if isinstance(layer, (nn.Linear, nn.Conv2d)):
            weights.append(layer.weight)
            rest.append(layer.bias)
        if isinstance(layer, nn.BatchNorm2d):
            rest.extend([layer.weight, layer.bias])
    groups = [dict(params=weights, weight_decay=weight_decay), dict(params=rest, weight_decay=0)]
    return torch.optim.AdamW(groups, lr=learning_rate)
