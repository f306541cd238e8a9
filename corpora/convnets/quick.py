# what: right, and a third of the reference's training: the task that costs most in every submission of the corpora
# %% accuracy
def train_network(train_set, n_epochs, device, seed):
    torch.manual_seed(seed)
    network = Network().to(device)
    pictures, labels = next(iter(DataLoader(train_set, batch_size=len(train_set))))
    pictures, labels = pictures.to(device), labels.to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=5e-3)
    for _ in range(min(n_epochs, 5)):  # held-out digits: 92 % at least in eight splits
        for part in torch.randperm(len(labels)).split(64):
            optimizer.zero_grad()
            F.cross_entropy(network(pictures[part]), labels[part]).backward()
            optimizer.step()
    return network
