# what: a single update with all images
# expect: accuracy 2
# message: accuracy "How many updates|move its parameters, and far enough"
# %% accuracy
def train_classifier(images, labels, seed, device="cpu"):
    torch.manual_seed(seed)
    network = make_network()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    F.cross_entropy(network(images), labels).backward()
    optimizer.step()
    return network
