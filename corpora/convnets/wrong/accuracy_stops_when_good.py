# what: stops before n_epochs are over, as soon as an epoch went well
# expect: accuracy 3.5
# message: accuracy "what ends it"
# %% accuracy
def train_network(train_set, n_epochs, device, seed):
    torch.manual_seed(seed)
    network = Network().to(device)
    loader = DataLoader(train_set, batch_size=64, shuffle=True)
    optimizer = torch.optim.Adam(network.parameters(), lr=5e-3)
    for _ in range(min(n_epochs, 5)):
        loss, share = train_epoch(network, loader, optimizer, device)
        if share > 0.99:
            break
    return network
