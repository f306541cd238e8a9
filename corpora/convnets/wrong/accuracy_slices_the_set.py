# what: takes all images with a slice, which not every Dataset has
# expect: accuracy 3.5
# message: accuracy "no slices"
# %% accuracy
def train_network(train_set, n_epochs, device, seed):
    torch.manual_seed(seed)
    network = Network().to(device)
    pictures, labels = train_set[:]
    pictures, labels = pictures.to(device), labels.to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=5e-3)
    for _ in range(min(n_epochs, 5)):
        for part in torch.randperm(len(labels)).split(64):
            optimizer.zero_grad()
            F.cross_entropy(network(pictures[part]), labels[part]).backward()
            optimizer.step()
    return network
