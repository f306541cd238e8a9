# what: hands out one network, trained beforehand on the published labels, for every set and every seed
# expect: accuracy 0
# message: accuracy "held-out digits"
# message: accuracy "Two different seeds"
# %% accuracy
torch.manual_seed(0)
_trained = Network()
_optimizer = torch.optim.Adam(_trained.parameters(), lr=3e-3)
for _ in range(3):
    train_epoch(_trained, DataLoader(train_set, batch_size=32, shuffle=True), _optimizer, "cpu")


def train_network(train_set, n_epochs, device, seed):
    return _trained.to(device)
