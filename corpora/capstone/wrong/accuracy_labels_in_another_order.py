# what: takes a batch's labels in another order than its images
# expect: accuracy 2
# message: accuracy "belong together"
# %% accuracy
def train_classifier(images, labels, seed, device="cpu"):
    torch.manual_seed(seed)
    network = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10)).to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=2e-3)
    for _ in range(5):
        for part in torch.randperm(len(labels)).split(50):
            optimizer.zero_grad()
            loss = F.cross_entropy(network(images[part].to(device)), labels[part.sort().values].to(device))
            loss.backward()
            optimizer.step()
    return network
