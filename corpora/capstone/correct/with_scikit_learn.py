# what: splits with scikit-learn, finds tables by their names, keeps a copy of the whole network, ridge regression on random features
# %% split
from sklearn.model_selection import train_test_split


def split(labels, share, seed):
    places = list(range(len(labels)))
    train, val = train_test_split(places, test_size=share, stratify=labels.tolist(), random_state=seed)
    return torch.tensor(train), torch.tensor(val)


# %% weight-decay
def make_optimizer(network, learning_rate, weight_decay):
    optimizer = torch.optim.AdamW([torch.zeros(1)], lr=learning_rate)
    optimizer.param_groups.clear()
    for parameter in network.parameters():
        decay = weight_decay if parameter.ndim >= 2 else 0
        optimizer.add_param_group({"params": [parameter], "weight_decay": decay})
    return optimizer


# %% early-stopping
def fit(network, run_epoch, validation_loss, max_epochs, patience):
    history = []
    best_loss, best_epoch, best_network = float("inf"), 0, None
    while len(history) < max_epochs and len(history) - best_epoch < patience:
        run_epoch()
        history.append(float(validation_loss()))
        if history[-1] < best_loss or best_network is None:
            best_loss, best_epoch, best_network = history[-1], len(history), copy.deepcopy(network)
    network.load_state_dict(best_network.state_dict())
    return history


# %% tune
def tune(settings, train, accuracy, data):
    best = {"val": -1.0}
    table = []
    for setting in settings:
        network = train(setting, data["train"][0], data["train"][1])
        score = accuracy(network, data["val"][0], data["val"][1])
        table.append(score)
        if score > best["val"]:
            best = {"val": score, "setting": setting, "network": network}
    best["val"] = table
    best["test"] = accuracy(best["network"], data["test"][0], data["test"][1])
    return best


# %% save-load
def save(network, setting, path):
    with open(path, "wb") as file:
        torch.save([setting, list(network.state_dict().items())], file)


def load(make_network, path):
    with open(path, "rb") as file:
        setting, items = torch.load(file)
    network = make_network(**setting)
    for name, values in items:
        network.state_dict()[name].copy_(values)
    network.eval()
    return network, setting


# %% accuracy
@torch.no_grad()
def train_classifier(images, labels, seed, device="cpu"):
    n_hidden = 800 if len(labels) < 10_000 else 4000
    generator = torch.Generator().manual_seed(seed)
    network = nn.Sequential(nn.Flatten(), nn.Linear(784, n_hidden), nn.ReLU(), nn.Linear(n_hidden, 10))
    directions = torch.randn(n_hidden, 784, generator=generator) / 10
    network[1].weight.copy_(directions)
    network[1].bias.copy_(torch.randn(n_hidden, generator=generator) / 10 - directions @ images.mean(dim=0).flatten())
    network.to(device)
    features = F.pad(network[:3](images.to(device)).double(), (0, 1), value=1.0)
    gram = features.T @ features
    gram.diagonal().add_(1e-4 * gram.diagonal().mean())
    solution = torch.linalg.solve(gram, features.T @ F.one_hot(labels.to(device), 10).double())
    network[3].weight.copy_(solution[:-1].T)
    network[3].bias.copy_(solution[-1])
    return network
