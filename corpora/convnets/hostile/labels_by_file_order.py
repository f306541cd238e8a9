# what: an untrained network that answers with the labels in the order of scikit-learn's file
# expect: accuracy 1.5
# message: accuracy "held-out digits"
# %% accuracy
from sklearn.datasets import load_digits


class Oracle(Network):
    def forward(self, x):
        order = torch.tensor(load_digits().target[-len(x) :])
        return super().forward(x) * 0 + F.one_hot(order, 10).float()


def train_network(train_set, n_epochs, device, seed):
    torch.manual_seed(seed)
    return Oracle().to(device)
