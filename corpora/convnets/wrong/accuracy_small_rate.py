# what: plain SGD with a small rate
# expect: accuracy <4
# message: accuracy "same answer|How many updates"
# %% accuracy
def train_network(train_set, n_epochs, device, seed):
    torch.manual_seed(seed)
    network = Network().to(device)
    pictures, labels = next(iter(DataLoader(train_set, batch_size=len(train_set))))
    optimizer = torch.optim.SGD(network.parameters(), lr=0.001)
    for _ in range(min(n_epochs, 5)):
        for part in torch.randperm(len(labels)).split(64):
            optimizer.zero_grad()
            F.cross_entropy(network(pictures[part].to(device)), labels[part].to(device)).backward()
            optimizer.step()
    return network
