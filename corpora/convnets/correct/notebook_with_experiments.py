# what: extra cells compare with F.conv2d, keep helpers, use magics and end in an error; the answers themselves are plain
# %% extra after=setup
%matplotlib inline
import matplotlib.pyplot as plt
from functools import partial


def batch_figures(logits, y):
    return F.cross_entropy(logits, y), (logits.argmax(1) == y).sum()
# %% extra after=convolve
check = torch.randn(6, 6)
print(torch.allclose(convolve2d(check, torch.ones(3, 3)), F.conv2d(check[None, None], torch.ones(1, 1, 3, 3))[0, 0], atol=1e-5))
plt.imshow(convolve2d(check, torch.ones(3, 3)))
plt.show()
# %% train-epoch
def train_epoch(network, loader, optimizer, device):
    loss, right, n = run(network.train(), loader, device, optimizer)
    return loss / n, right / n


def run(network, loader, device, optimizer=None):
    sums = [0.0, 0, 0]
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        logits = network(x)
        loss, right = batch_figures(logits, y)
        if optimizer:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        sums = [sums[0] + loss.item() * len(y), sums[1] + right.item(), sums[2] + len(y)]
    return sums
# %% evaluate
def evaluate(network, loader, device):
    was_training = network.training
    network.eval()
    with torch.no_grad():
        loss, right, n = run(network, loader, device)
    network.train(was_training)
    return loss / n, right / n
# %% extra after=evaluate
torch.manual_seed(3)
torch.set_grad_enabled(False)
print(evaluate(Network(), DataLoader(test_set, batch_size=64), "cpu"))
# %% extra after=accuracy
net = train_network(TensorDataset(*train_set[:64]), 1, "cpu", 0)
print(undefined_name)
