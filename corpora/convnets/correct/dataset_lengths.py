# what: unfold and matmul, inference_mode, len(loader.dataset), numbers returned as 0-d tensors, SGD with momentum
# %% convolve
import torch.nn.functional as nnf


def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    modes = {"zeros": "constant", "reflect": "reflect", "replicate": "replicate"}
    x = nnf.pad(image.unsqueeze(0).unsqueeze(0), [padding] * 4, mode=modes[mode])
    h, w = kernel.shape
    H, W = x.shape[-2:]
    if h > H or w > W:
        raise ValueError(f"the kernel ({h}, {w}) does not fit into ({H}, {W})")
    columns = nnf.unfold(x, kernel_size=(h, w), stride=stride)
    return (kernel.reshape(1, -1) @ columns[0]).reshape((H - h) // stride + 1, (W - w) // stride + 1)
# %% kernels
def make_kernel(name):
    scharr = torch.tensor([[3.0, 0.0, -3.0], [10.0, 0.0, -10.0], [3.0, 0.0, -3.0]])
    return {
        "identity": torch.tensor([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        "box_blur": torch.full((3, 3), 0.1111),
        "sharpen": 2 * torch.tensor([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]]) - torch.tensor([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]]) / 4,
        "vertical_edges": scharr,
        "horizontal_edges": scharr.t(),
    }[name]
# %% network
class Network(nn.Module):
    def __init__(self, n_classes=10):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 12, 5)
        self.fc1 = nn.LazyLinear(120)
        self.fc2 = nn.Linear(120, 60)
        self.fc3 = nn.Linear(60, n_classes)

    def forward(self, x):
        x = F.relu(F.max_pool2d(self.conv1(x), 2))
        x = F.relu(F.max_pool2d(self.conv2(x), (2, 2)))
        x = x.view(-1, 12 * 4 * 4)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))
# %% train-epoch
def train_epoch(network, loader, optimizer, device):
    network.train()
    total, right = torch.tensor(0.0), torch.tensor(0.0)
    for X, y in loader:
        X, y = X.to(device), y.to(device)
        optimizer.zero_grad(set_to_none=False)
        out = network(X)
        loss = F.nll_loss(F.log_softmax(out, dim=-1), y)
        loss.backward()
        optimizer.step()
        total += loss.detach().cpu() * X.shape[0]
        right += out.max(1)[1].eq(y).sum().cpu()
    return total / len(loader.dataset), right / len(loader.dataset)
# %% evaluate
@torch.inference_mode()
def evaluate(network, loader, device):
    mode = network.training
    network.eval()
    outs, ys = zip(*[(network(X.to(device)), y.to(device)) for X, y in loader])
    out, y = torch.cat(outs), torch.cat(ys)
    network.train(mode)
    return F.cross_entropy(out, y), (out.argmax(-1) == y).float().mean()
# %% accuracy
def train_network(train_set, n_epochs, device, seed):
    torch.manual_seed(seed)
    loader = DataLoader(train_set, batch_size=16, shuffle=True)
    network = Network().to(device)
    network(next(iter(loader))[0].to(device))
    optimizer = torch.optim.SGD(network.parameters(), lr=0.03, momentum=0.9)
    for epoch in range(n_epochs):
        loss, acc = train_epoch(network, loader, optimizer, device)
        print(f"epoch {epoch} loss {loss:.3f} acc {acc:.3f}")
    return network
