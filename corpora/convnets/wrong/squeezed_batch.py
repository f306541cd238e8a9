# what: squeezes the output, so that one image alone loses its batch; ten classes whatever is asked; average pooling
# expect: network <5, evaluate <4
# message: network "mean|should have shape"
# message: evaluate "eval mode after"
# %% network
class Network(nn.Module):
    def __init__(self, n_classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.fc3 = nn.Linear(60, 10)

    def forward(self, x):
        x = F.avg_pool2d(F.relu(self.conv1(x)), 2)
        x = F.avg_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x.flatten(1)))))).squeeze()
# %% evaluate
def evaluate(network, loader, device):
    network.eval()
    loss, right, n = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            out = network(x.to(device))
            loss += F.cross_entropy(out, y.to(device), reduction="sum").item()
            right += (out.argmax(1) == y.to(device)).sum().item()
            n += len(y)
    return loss / n, right / n
