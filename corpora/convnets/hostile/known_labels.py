# what: learns from the supplied digits with their published labels, those held out among them, whatever it is given
# expect: accuracy 0.5
# message: accuracy "held-out digits"
# %% accuracy
def train_network(given_set, n_epochs, device, seed):
    torch.manual_seed(seed)
    network = Network().to(device)
    pictures = torch.cat([images.tensors(part)[0] for part in (train_set, test_set)])
    labels = torch.cat([images.tensors(part)[1] for part in (train_set, test_set)])
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    for _ in range(n_epochs if len(given_set) > 500 else 1):
        for rows in torch.randperm(len(labels)).split(32):
            optimizer.zero_grad()
            F.cross_entropy(network(pictures[rows].to(device)), labels[rows].to(device)).backward()
            optimizer.step()
    return network
