# what: never removes its hooks; exchanges reflect and replicate; rounds the kernel's entries away; a missing relu
# expect: trace <4, convolve <5, kernels 3.25, network <5
# message: trace "Hooks of yours"
# message: network "relu after fc1"
# %% convolve
def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    mode = {"zeros": "constant", "reflect": "replicate", "replicate": "reflect"}[mode]
    padded = F.pad(image[None, None], [padding] * 4, mode=mode)[0, 0]
    if kernel.shape[0] > padded.shape[0] or kernel.shape[1] > padded.shape[1]:
        raise ValueError("kernel too large")
    windows = padded.unfold(0, kernel.shape[0], stride).unfold(1, kernel.shape[1], stride)
    return (windows * kernel).sum((2, 3))
# %% kernels
def make_kernel(name):
    sobel = torch.tensor([[-1.0, -2, -1], [0, 0, 0], [1, 2, 1]])
    return {
        "identity": torch.tensor([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        "box_blur": torch.tensor([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16,
        "sharpen": torch.tensor([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
        "horizontal_edges": sobel,
        "vertical_edges": sobel.T,
    }[name]
# %% trace
def trace_shapes(network, input_shape):
    rows = []
    modes = [(m, m.training) for m in network.modules()]
    for name, module in network.named_modules():
        if not list(module.children()):
            module.register_forward_hook(lambda m, i, o, name=name: rows.append((name, tuple(o.shape))))
    network.eval()
    network(torch.zeros(input_shape))
    for m, mode in modes:
        m.training = mode
    return list(rows)
# %% network
class Network(nn.Module):
    def __init__(self, n_classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.fc3 = nn.Linear(60, n_classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = self.fc1(x.flatten(1))
        return self.fc3(F.relu(self.fc2(x)))
