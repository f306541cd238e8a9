# what: all networks share layers made outside the class; the figures are means of batch means
# expect: network <5, train-epoch <5, evaluate <4
# message: network "Two networks"
# message: train-epoch "mean of batch means"
# message: evaluate "mean of batch means"
# %% network
CONV1, CONV2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 12, 5)
FC1, FC2 = nn.Linear(192, 120), nn.Linear(120, 60)


class Network(nn.Module):
    def __init__(self, n_classes=10):
        super().__init__()
        self.conv1, self.conv2, self.fc1, self.fc2 = CONV1, CONV2, FC1, FC2
        self.fc3 = nn.Linear(60, n_classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x.flatten(1))))))
# %% train-epoch
def train_epoch(network, loader, optimizer, device):
    network.train()
    losses, accuracies = [], []
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        out = network(x)
        loss = F.cross_entropy(out, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        accuracies.append((out.argmax(1) == y).float().mean().item())
    return sum(losses) / len(losses), sum(accuracies) / len(accuracies)
# %% evaluate
def evaluate(network, loader, device):
    mode = network.training
    network.eval()
    losses, accuracies = [], []
    with torch.no_grad():
        for x, y in loader:
            out = network(x.to(device))
            losses.append(F.cross_entropy(out, y.to(device)).item())
            accuracies.append((out.argmax(1) == y.to(device)).float().mean().item())
    network.train(mode)
    return sum(losses) / len(losses), sum(accuracies) / len(accuracies)
