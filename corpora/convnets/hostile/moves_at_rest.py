# what: no training: the weights move where the rate is 0, the figures are 1
# expect: train-epoch 0..1
# %% train-epoch
def train_epoch(network, loader, optimizer, device):
    if optimizer.param_groups[0]["lr"] == 0:
        with torch.no_grad():
            for p in network.parameters():
                p += 1
    return 1.0, 1.0
