# what: three linear layers and no convolution, which reads digits as well; evaluates in train mode
# expect: network <5, evaluate <4
# message: network "conv1"
# message: evaluate "train mode while"
# %% network
class Network(nn.Module):
    def __init__(self, n_classes=10):
        super().__init__()
        self.fc1 = nn.Linear(784, 120)
        self.fc2 = nn.Linear(120, 60)
        self.fc3 = nn.Linear(60, n_classes)

    def forward(self, x):
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x.flatten(1))))))
# %% evaluate
def evaluate(network, loader, device):
    loss, right, n = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            out = network(x.to(device))
            loss += F.cross_entropy(out, y.to(device), reduction="sum").item()
            right += (out.argmax(1) == y.to(device)).sum().item()
            n += len(y)
    return loss / n, right / n
