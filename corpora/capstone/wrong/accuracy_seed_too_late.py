# what: the weights are drawn before the seed is set
# expect: accuracy 4
# message: accuracy "come after the seed"
# %% accuracy
def train_classifier(images, labels, seed, device="cpu"):
    network = nn.Sequential(nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10))
    torch.manual_seed(seed)
    optimizer = torch.optim.Adam(network.parameters(), lr=5e-3)
    for _ in range(6):
        for part in torch.randperm(len(labels)).split(100):
            optimizer.zero_grad()
            F.cross_entropy(network(images[part]), labels[part]).backward()
            optimizer.step()
    return network
