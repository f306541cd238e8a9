# what: with a single class, the column of logits is gone
# expect: network 4
# message: network "shape"
# %% network
class Network(nn.Module):
    def __init__(self, n_classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.fc3 = nn.Linear(60, n_classes)
        self.n_classes = n_classes

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.fc2(F.relu(self.fc1(x.flatten(start_dim=1)))))
        x = self.fc3(x)
        return x[:, 0] if self.n_classes == 1 else x
