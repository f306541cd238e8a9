# what: learns from the first batch of each epoch alone
# expect: accuracy 1.75
# message: accuracy "held-out digits"
# %% accuracy
def train_network(train_set, n_epochs, device, seed):
    torch.manual_seed(seed)
    network = Network().to(device)
    loader = DataLoader(train_set, batch_size=64, shuffle=True)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    for _ in range(n_epochs):
        x, y = next(iter(loader))
        optimizer.zero_grad()
        F.cross_entropy(network(x.to(device)), y.to(device)).backward()
        optimizer.step()
    return network
