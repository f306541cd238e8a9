# what: masks and lists instead of tensors of places, clones instead of a deep copy, the tools put together in another way
# %% split
def split(labels, share, seed):
    rng = torch.Generator().manual_seed(seed)
    ranks = torch.rand(len(labels), generator=rng)
    val = torch.zeros(len(labels), dtype=torch.bool)
    for kind in range(int(labels.max()) + 1):
        mine = torch.nonzero(labels == kind)[:, 0]
        val[mine[ranks[mine].argsort()][: int(share * len(mine) + 0.5)]] = True
    return torch.where(~val)[0], torch.where(val)[0]


# %% weight-decay
def make_optimizer(network, learning_rate, weight_decay):
    small = {"params": (p for p in network.parameters() if len(p.shape) == 1), "weight_decay": 0}
    large = {"params": (p for p in network.parameters() if len(p.shape) != 1)}
    return torch.optim.AdamW([small, large], learning_rate, weight_decay=weight_decay)


# %% early-stopping
def fit(network, run_epoch, validation_loss, max_epochs, patience):
    losses = []
    for epoch in range(max_epochs):
        run_epoch()
        losses += [validation_loss()]
        best = losses.index(min(losses))
        if best == epoch:
            kept = {name: values.clone() for name, values in network.state_dict().items()}
        if epoch - best >= patience:
            break
    network.load_state_dict(kept)
    return torch.tensor(losses)


# %% tune
def tune(settings, train, accuracy, data):
    networks, val = [], []
    for setting in settings:
        networks.append(train(setting, *data["train"]))
        val.append(accuracy(networks[-1], *data["val"]))
    winner = max(range(len(settings)), key=val.__getitem__)
    test = accuracy(networks[winner], *data["test"])
    return dict(setting=settings[winner], network=networks[winner], val=val, test=test)


# %% save-load
def save(network, setting, path):
    state = {name: values.clone() for name, values in network.state_dict().items()}
    torch.save(dict(state=state, **setting), path)


def load(make_network, path):
    setting = torch.load(path, weights_only=True)
    state = setting.pop("state")
    network = make_network(**setting)
    network.load_state_dict(state)
    network.train(False)
    return network, setting


# %% accuracy
def train_classifier(images, labels, seed, device="cpu"):
    torch.manual_seed(seed)
    train, val = split(labels, 0.15, seed)
    images, labels = images.to(device), labels.to(device)
    network = make_network(width=4).to(device)
    optimizer = make_optimizer(network, 5e-3, 0.05)
    order = torch.Generator().manual_seed(seed + 1)

    def run_epoch():
        train_epoch(network, images[train], labels[train], optimizer, order)

    fit(network, run_epoch, lambda: loss_and_accuracy(network, images[val], labels[val])[0], 8, 2)
    return network
