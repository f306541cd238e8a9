# what: the seed is set after the network was made
# expect: accuracy <4
# message: accuracy "same seed"
# %% accuracy
def train_network(train_set, n_epochs, device, seed):
    network = Network().to(device)
    torch.manual_seed(seed)
    loader = DataLoader(train_set, batch_size=32, shuffle=True)
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    for _ in range(n_epochs):
        train_epoch(network, loader, optimizer, device)
    return network
