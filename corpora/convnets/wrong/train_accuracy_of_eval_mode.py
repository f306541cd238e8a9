# what: the right answers are counted in eval mode, before the update
# expect: train-epoch 4.5
# message: train-epoch "accuracy of a network that answers otherwise"
# %% train-epoch
def train_epoch(network, loader, optimizer, device):
    network.train()
    total, n_right, n = 0.0, 0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        with torch.no_grad():
            n_right += (network.eval()(x).argmax(dim=1) == y).sum().item()
        optimizer.zero_grad()
        loss = F.cross_entropy(network.train()(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
        n += len(y)
    return total / n, n_right / n
