# what: inverts the images of the caller's data set in place, so that a second training gets others
# expect: accuracy 3
# message: accuracy "same seed"
# %% accuracy
def train_network(train_set, n_epochs, device, seed):
    torch.manual_seed(seed)
    for number in range(len(train_set)):
        picture = train_set[number][0]
        picture.mul_(-1).add_(1)
    network = Network().to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=2e-3)
    for _ in range(n_epochs):
        train_epoch(network, DataLoader(train_set, batch_size=24, shuffle=True), optimizer, device)
    return network
