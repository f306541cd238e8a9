# what: right, and trained within a tenth of a second: the task that costs most in every submission of the corpora
# %% accuracy
def train_classifier(images, labels, seed, device="cpu"):
    torch.manual_seed(seed)
    images, labels = images.to(device), labels.to(device)
    network = nn.Sequential(nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10)).to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=5e-3)
    for _ in range(6):
        for part in torch.randperm(len(labels)).split(100):
            optimizer.zero_grad()
            F.cross_entropy(network(images[part]), labels[part]).backward()
            optimizer.step()
    return network
