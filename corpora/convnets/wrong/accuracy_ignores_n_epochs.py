# what: ten epochs, whatever `n_epochs` is
# expect: accuracy 3.75
# message: accuracy "n_epochs"
# %% accuracy
def train_network(train_set, n_epochs, device, seed):
    torch.manual_seed(seed)
    network = Network().to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    loader = DataLoader(train_set, batch_size=32, shuffle=True)
    for _ in range(10):
        train_epoch(network, loader, optimizer, device)
    return network
