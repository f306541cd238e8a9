# what: batches drawn by NumPy, which has no seed here
# expect: accuracy <4
# message: accuracy "same seed"
# %% accuracy
import numpy as np


def train_network(train_set, n_epochs, device, seed):
    torch.manual_seed(seed)
    network = Network().to(device)
    x, y = next(iter(DataLoader(train_set, batch_size=len(train_set))))
    optimizer = torch.optim.Adam(network.parameters(), lr=5e-3)
    for _ in range(n_epochs):
        order = torch.from_numpy(np.random.permutation(len(y)))
        for part in order.split(64):
            optimizer.zero_grad()
            F.cross_entropy(network(x[part]), y[part]).backward()
            optimizer.step()
    return network
