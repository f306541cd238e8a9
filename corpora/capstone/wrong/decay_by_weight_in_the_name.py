# what: decides by the word "weight" in the name, which normalizations have and a bare parameter has not
# expect: weight-decay 3
# message: weight-decay "how do their shapes tell them apart"

# %% weight-decay
def make_optimizer(network, learning_rate, weight_decay):
    named = list(network.named_parameters())
    tables = [p for n, p in named if "weight" in n]
    others = [p for n, p in named if "weight" not in n]
    groups = [{"params": tables, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=learning_rate)
