# what: Adam's own weight decay, which goes through the gradient
# expect: weight-decay 2.5
# message: weight-decay "goes through the gradient"
# %% weight-decay
def make_optimizer(network, learning_rate, weight_decay):
    tables = [p for p in network.parameters() if p.dim() > 1]
    others = [p for p in network.parameters() if p.dim() <= 1]
    groups = [{"params": tables, "weight_decay": weight_decay}, {"params": others}]
    return torch.optim.Adam(groups, lr=learning_rate)
