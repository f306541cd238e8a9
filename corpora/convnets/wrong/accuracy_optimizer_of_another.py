# what: the optimizer holds another network's parameters
# expect: accuracy 1.5
# message: accuracy "held-out digits"
# %% accuracy
def train_network(train_set, n_epochs, device, seed):
    torch.manual_seed(seed)
    network = Network().to(device)
    loader = DataLoader(train_set, batch_size=64, shuffle=True)
    optimizer = torch.optim.Adam(Network().to(device).parameters(), lr=1e-3)
    for _ in range(n_epochs):
        train_epoch(network, loader, optimizer, device)
    return network
