# what: takes the figures after the update, stays in eval mode; the network is sigmoid; one epoch whatever is asked
# expect: train-epoch <5, network <5, accuracy <4
# message: train-epoch "after the update"
# message: network "sigmoid"
# %% network
class Network(nn.Module):
    def __init__(self, n_classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.fc3 = nn.Linear(60, n_classes)

    def forward(self, x):
        x = F.max_pool2d(torch.sigmoid(self.conv1(x)), 2)
        x = F.max_pool2d(torch.sigmoid(self.conv2(x)), 2)
        return self.fc3(torch.sigmoid(self.fc2(torch.sigmoid(self.fc1(x.flatten(1))))))
# %% train-epoch
def train_epoch(network, loader, optimizer, device):
    total, right, n = 0.0, 0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        F.cross_entropy(network(x), y).backward()
        optimizer.step()
        with torch.no_grad():
            out = network(x)
        total += F.cross_entropy(out, y).item() * len(y)
        right += (out.argmax(1) == y).sum().item()
        n += len(y)
    return total / n, right / n
# %% accuracy
def train_network(train_set, n_epochs, device, seed):
    torch.manual_seed(seed)
    network = Network().to(device)
    loader = DataLoader(train_set, batch_size=100, shuffle=True)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    train_epoch(network, loader, optimizer, device)
    return network
