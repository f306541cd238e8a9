# what: learns from the digits that were set aside, too
# expect: accuracy 3
# message: accuracy "same seed"
# %% accuracy
def train_network(train_set, n_epochs, device, seed):
    torch.manual_seed(seed)
    network = Network().to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=2e-3)
    more = DataLoader(train_set + test_set, batch_size=24, shuffle=True)
    for _ in range(n_epochs):
        train_epoch(network, more, optimizer, device)
    return network
