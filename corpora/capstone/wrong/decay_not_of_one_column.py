# what: takes a table with one column for a vector, by its number of entries
# expect: weight-decay 2.5
# message: weight-decay "column.weight"

# %% weight-decay
def make_optimizer(network, learning_rate, weight_decay):
    tables = [p for p in network.parameters() if p.numel() > len(p)]
    others = [p for p in network.parameters() if p.numel() == len(p)]
    groups = [{"params": tables, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=learning_rate)
