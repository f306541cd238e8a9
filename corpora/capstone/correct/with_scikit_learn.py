# what: splits with scikit-learn, finds tables by their names, keeps a copy of the whole network, a plain perceptron
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
class Perceptron(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))

    def forward(self, images):
        return self.layers(images.flatten(1) - 0.3)


def train_classifier(images, labels, seed, device="cpu"):
    torch.manual_seed(seed)
    network = Perceptron().to(device)
    data = torch.utils.data.TensorDataset(images, labels)
    optimizer = torch.optim.Adam(network.parameters(), lr=2e-3)
    for _ in range(10):
        for x, y in torch.utils.data.DataLoader(data, batch_size=50, shuffle=True):
            optimizer.zero_grad()
            F.cross_entropy(network(x.to(device)), y.to(device)).backward()
            optimizer.step()
    return network
