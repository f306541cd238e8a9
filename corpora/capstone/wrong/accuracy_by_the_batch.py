# what: subtracts the mean of each batch, in eval mode, too
# expect: accuracy 4.5
# message: accuracy "the rest of the batch"
# %% accuracy
class Centered(nn.Module):
    def forward(self, x):
        return x - x.mean(dim=0)


def train_classifier(images, labels, seed, device="cpu"):
    torch.manual_seed(seed)
    network = nn.Sequential(nn.Flatten(), Centered(), nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10))
    optimizer = torch.optim.Adam(network.parameters(), lr=5e-3)
    for _ in range(6):
        for part in torch.randperm(len(labels)).split(100):
            optimizer.zero_grad()
            F.cross_entropy(network(images[part]), labels[part]).backward()
            optimizer.step()
    return network
