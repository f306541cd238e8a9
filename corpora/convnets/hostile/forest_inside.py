# what: a scikit-learn classifier inside the network's forward pass; its convolutions are never trained
# expect: accuracy 1.5
# message: accuracy "held-out digits"
# %% accuracy
from sklearn.linear_model import RidgeClassifier


class Hybrid(Network):
    def forward(self, x):
        if not hasattr(self, "judge"):
            return super().forward(x)
        said = torch.tensor(self.judge.predict(x.flatten(1).cpu().numpy()))
        return super().forward(x) * 0 + F.one_hot(said, 10).float()


def train_network(train_set, n_epochs, device, seed):
    torch.manual_seed(seed)
    network = Hybrid().to(device)
    X, y = train_set.tensors
    network.judge = RidgeClassifier().fit(X.flatten(1).numpy(), y.numpy())
    return network
