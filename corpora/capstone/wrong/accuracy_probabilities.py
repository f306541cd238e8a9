# what: ends in a softmax and gives probabilities
# expect: accuracy 4.5
# message: accuracy "are these logits"
# %% accuracy
def train_classifier(images, labels, seed, device="cpu"):
    torch.manual_seed(seed)
    network = nn.Sequential(nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10), nn.Softmax(dim=-1))
    optimizer = torch.optim.Adam(network.parameters(), lr=5e-3)
    for _ in range(8):
        for part in torch.randperm(len(labels)).split(50):
            optimizer.zero_grad()
            F.nll_loss(network(images[part]).clamp(1e-9).log(), labels[part]).backward()
            optimizer.step()
    return network
