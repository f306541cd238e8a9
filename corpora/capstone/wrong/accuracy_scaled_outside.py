# what: standardizes the images outside the network
# expect: accuracy 2
# message: accuracy "scaling belongs inside"

# %% accuracy
def train_classifier(images, labels, seed, device="cpu"):
    torch.manual_seed(seed)
    mean, std = images.mean(), images.std()
    x = ((images - mean) / std).to(device)
    network = make_network(16, 0.2).to(device)
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)
    g = torch.Generator().manual_seed(seed)
    for _ in range(10):
        train_epoch(network, x, labels.to(device), optimizer, g)
    return network
