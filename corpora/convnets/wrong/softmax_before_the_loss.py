# what: a softmax before the cross-entropy; accuracy in percent when evaluating; trains with plain SGD at 0.01
# expect: train-epoch <5, evaluate <4, accuracy <4
# message: train-epoch "softmax"
# message: evaluate "percentage"
# message: accuracy "held-out digits"
# %% train-epoch
def train_epoch(network, loader, optimizer, device):
    network.train()
    total, right, n = 0.0, 0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        out = network(x).softmax(dim=1)
        loss = F.cross_entropy(out, y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
        right += (out.argmax(1) == y).sum().item()
        n += len(y)
    return total / n, right / n
# %% evaluate
def evaluate(network, loader, device):
    mode = network.training
    network.eval()
    loss, right, n = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            out = network(x.to(device))
            loss += F.cross_entropy(out, y.to(device), reduction="sum").item()
            right += (out.argmax(1) == y.to(device)).sum().item()
            n += len(y)
    network.train(mode)
    return loss / n, 100 * right / n
# %% accuracy
def train_network(train_set, n_epochs, device, seed):
    torch.manual_seed(seed)
    network = Network().to(device)
    loader = DataLoader(train_set, batch_size=100, shuffle=True)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01)
    for _ in range(n_epochs):
        for x, y in loader:
            optimizer.zero_grad()
            F.cross_entropy(network(x.to(device)), y.to(device)).backward()
            optimizer.step()
    return network
