# what: keeps the training images as buffers and answers with the label of the nearest
# expect: accuracy 0.5
# message: accuracy "held-out digits"
# %% accuracy
class Memory(Network):
    def forward(self, x):
        if not hasattr(self, "pictures"):
            return super().forward(x)
        nearest = torch.cdist(x.flatten(1), self.pictures).argmin(dim=1)
        return F.one_hot(self.labels[nearest], 10).float()


def train_network(train_set, n_epochs, device, seed):
    torch.manual_seed(seed)
    network = Memory().to(device)
    X, y = train_set.tensors
    network.register_buffer("pictures", X.flatten(1).to(device))
    network.register_buffer("labels", y.to(device))
    return network
