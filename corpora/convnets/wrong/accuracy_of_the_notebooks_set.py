# what: learns from the notebook's own images, not from its argument
# expect: accuracy 1.75
# message: accuracy "learn from its argument"
# %% accuracy
notebook_set = train_set


def train_network(train_set, n_epochs, device, seed):
    torch.manual_seed(seed)
    network = Network().to(device)
    loader = DataLoader(notebook_set, batch_size=25, shuffle=True)
    optimizer = torch.optim.Adam(network.parameters(), lr=2e-3)
    for _ in range(n_epochs):
        train_epoch(network, loader, optimizer, device)
    return network
