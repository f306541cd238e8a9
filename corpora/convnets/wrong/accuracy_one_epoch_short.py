# what: counts epochs from 1 to below n_epochs
# expect: accuracy 3.5
# message: accuracy "With `n_epochs=1` nothing"
# %% accuracy
def train_network(train_set, n_epochs, device, seed):
    torch.manual_seed(seed)
    network = Network().to(device)
    pictures, labels = next(iter(DataLoader(train_set, batch_size=len(train_set))))
    pictures, labels = pictures.to(device), labels.to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=5e-3)
    for _ in range(1, min(n_epochs, 6)):
        for part in torch.randperm(len(labels)).split(64):
            optimizer.zero_grad()
            F.cross_entropy(network(pictures[part]), labels[part]).backward()
            optimizer.step()
    return network
