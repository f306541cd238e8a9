# what: always the seed 0
# expect: accuracy <4
# message: accuracy "Where do you use `seed`"
# %% accuracy
def train_network(train_set, n_epochs, device, seed):
    torch.manual_seed(0)
    network = Network().to(device)
    pictures, labels = next(iter(DataLoader(train_set, batch_size=len(train_set))))
    optimizer = torch.optim.Adam(network.parameters(), lr=5e-3)
    for _ in range(min(n_epochs, 5)):
        for part in torch.randperm(len(labels)).split(64):
            optimizer.zero_grad()
            F.cross_entropy(network(pictures[part].to(device)), labels[part].to(device)).backward()
            optimizer.step()
    return network
