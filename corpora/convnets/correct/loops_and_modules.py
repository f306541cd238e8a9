# what: plain loops for the convolution, modules for relu and pooling, layers named by attributes of a Sequential
# %% convolve
def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    rows, columns = image.shape
    framed = torch.zeros(rows + 2 * padding, columns + 2 * padding)
    for i in range(framed.shape[0]):
        for j in range(framed.shape[1]):
            r, c = i - padding, j - padding
            if mode == "replicate":
                r, c = min(max(r, 0), rows - 1), min(max(c, 0), columns - 1)
            elif mode == "reflect":
                r = -r if r < 0 else 2 * (rows - 1) - r if r >= rows else r
                c = -c if c < 0 else 2 * (columns - 1) - c if c >= columns else c
            if 0 <= r < rows and 0 <= c < columns:
                framed[i, j] = image[r, c]
    h, w = kernel.shape
    if h > framed.shape[0] or w > framed.shape[1]:
        raise ValueError("Kernel is larger than the padded image")
    out = []
    for i in range(0, framed.shape[0] - h + 1, stride):
        out.append([])
        for j in range(0, framed.shape[1] - w + 1, stride):
            out[-1].append(float((framed[i : i + h, j : j + w] * kernel).sum()))
    return torch.tensor(out)
# %% kernels
def make_kernel(name):
    if name == "identity":
        k = torch.zeros(3, 3)
        k[1, 1] = 1
        return k
    if name == "box_blur":
        return torch.ones(3, 3) / 9
    if name == "sharpen":
        return torch.tensor([[-1.0, -1, -1], [-1, 9, -1], [-1, -1, -1]])
    prewitt = torch.tensor([[1.0, 1, 1], [0, 0, 0], [-1, -1, -1]])
    return prewitt if name == "horizontal_edges" else prewitt.T
# %% output-size
import math


def output_size(n, kernel_size, stride=1, padding=0):
    return math.floor((n - kernel_size + 2 * padding) / stride + 1)
# %% trace
def trace_shapes(network, input_shape):
    rows, handles, was = [], [], {}
    for name, module in network.named_modules():
        was[module] = module.training
        if len(list(module.children())) == 0:
            def hook(m, i, o, name=name):
                rows.append([name, list(o.shape)])
            handles.append(module.register_forward_hook(hook))
    network.eval()
    network(torch.rand(*input_shape))
    for h in handles:
        h.remove()
    for module, mode in was.items():
        module.training = mode
    return rows
# %% network
class Network(nn.Module):
    def __init__(self, n_classes=10):
        super(Network, self).__init__()
        self.conv1 = nn.Conv2d(in_channels=1, out_channels=6, kernel_size=(5, 5))
        self.relu = nn.ReLU(inplace=True)
        self.pool = nn.MaxPool2d(kernel_size=2, stride=2)
        self.conv2 = nn.Conv2d(in_channels=6, out_channels=12, kernel_size=(5, 5))
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.fc3 = nn.Linear(60, n_classes)
        self.features = nn.Sequential(self.conv1, self.relu, self.pool, self.conv2, self.relu, self.pool)
        self.head = nn.Sequential(nn.Flatten(), self.fc1, nn.ReLU(), self.fc2, nn.ReLU(), self.fc3)

    def forward(self, x):
        return self.head(self.features(x))
# %% train-epoch
def train_epoch(network, loader, optimizer, device):
    criterion = nn.CrossEntropyLoss()
    network.train()
    losses, hits, sizes = [], [], []
    for step, (inputs, targets) in enumerate(loader):
        inputs, targets = inputs.to(device), targets.to(device)
        output = network(inputs)
        loss = criterion(output, targets)
        network.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item() * len(inputs))
        hits.append(int((output.argmax(1) == targets).sum()))
        sizes.append(len(inputs))
    return sum(losses) / sum(sizes), sum(hits) / sum(sizes)
