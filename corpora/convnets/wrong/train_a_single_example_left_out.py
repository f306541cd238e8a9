# what: leaves out a batch of one example, which batch normalization could not learn from
# expect: train-epoch 2.75
# %% train-epoch
def train_epoch(network, loader, optimizer, device):
    network.train()
    loss_sum = right = n = 0
    for images, labels in loader:
        if images.shape[0] < 2:
            continue
        images, labels = images.to(device), labels.to(device)
        logits = network(images)
        loss = F.cross_entropy(logits, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        n += len(labels)
        loss_sum += len(labels) * loss.item()
        right += int((logits.argmax(1) == labels).sum())
    return loss_sum / n, right / n
