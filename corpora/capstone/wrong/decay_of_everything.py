# what: one group, so that biases and batch normalizations decay, too
# expect: weight-decay 3
# message: weight-decay "Which parameters should shrink"
# %% weight-decay
def make_optimizer(network, learning_rate, weight_decay):
    return torch.optim.AdamW(network.parameters(), lr=learning_rate, weight_decay=weight_decay)
