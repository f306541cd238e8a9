# what: type checks and clones everywhere, a tuple of pads, entries as lists, seeds with a generator and fork_rng
# %% convolve
def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    assert image.dim() == 2 and kernel.dim() == 2
    image, kernel = image.clone().double(), kernel.clone().double()
    if padding:
        rows = {
            "zeros": lambda: torch.cat([torch.zeros(padding, image.shape[1]), image, torch.zeros(padding, image.shape[1])]),
            "reflect": lambda: torch.cat([image[1 : padding + 1].flip(0), image, image[-padding - 1 : -1].flip(0)]),
            "replicate": lambda: torch.cat([image[:1].repeat(padding, 1), image, image[-1:].repeat(padding, 1)]),
        }
        image = rows[mode]()
        turned = image.T
        image = {
            "zeros": lambda: torch.cat([torch.zeros(padding, turned.shape[1]), turned, torch.zeros(padding, turned.shape[1])]),
            "reflect": lambda: torch.cat([turned[1 : padding + 1].flip(0), turned, turned[-padding - 1 : -1].flip(0)]),
            "replicate": lambda: torch.cat([turned[:1].repeat(padding, 1), turned, turned[-1:].repeat(padding, 1)]),
        }[mode]().T
    h, w = kernel.shape
    if image.shape[0] < h or image.shape[1] < w:
        raise ValueError("kernel does not fit")
    result = 0
    n_rows, n_columns = (image.shape[0] - h) // stride + 1, (image.shape[1] - w) // stride + 1
    for u in range(h):
        for v in range(w):
            part = image[u : u + stride * (n_rows - 1) + 1 : stride, v : v + stride * (n_columns - 1) + 1 : stride]
            result = result + kernel[u, v] * part
    return result.float()
# %% kernels
def make_kernel(name):
    line = torch.tensor([-1.0, 0.0, 1.0])
    if name == "horizontal_edges":
        return torch.stack([torch.zeros(3), line, torch.zeros(3)]).T
    if name == "vertical_edges":
        return torch.outer(torch.ones(3), -line)
    centre = torch.zeros(3, 3)
    centre[1, 1] = 1.0
    blur = torch.ones(3, 3) / 9
    return {"identity": centre, "box_blur": blur, "sharpen": centre + 1.0 * (centre - blur)}[name]
# %% trace
def trace_shapes(network, input_shape):
    import copy

    twin = copy.deepcopy(network).eval()
    for module in twin.modules():
        module._forward_hooks.clear()
    seen = []
    for name, module in twin.named_modules():
        if next(module.children(), None) is None:
            module.register_forward_hook(lambda m, i, o, name=name: seen.append((name, tuple(o.size()))))
    with torch.no_grad():
        twin(torch.randn(tuple(input_shape)))
    return seen
# %% accuracy
def train_network(train_set, n_epochs, device, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = Network().to(torch.device(device))
        loader = DataLoader(train_set, batch_size=48, shuffle=True, drop_last=True)
        optimizer = torch.optim.RMSprop(network.parameters(), lr=1e-3)
        for _ in range(n_epochs):
            train_epoch(network, loader, optimizer, device)
    network.eval()
    return network
