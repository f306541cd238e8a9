# what: NumPy's padding and windows, a global hook in the trace, batches cut by hand from the whole set, a schedule
# %% convolve
import numpy as np


def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    how = {"zeros": "constant", "reflect": "reflect", "replicate": "edge"}[mode]
    padded = np.pad(image.numpy(), padding, mode=how)
    if any(k > p for k, p in zip(kernel.shape, padded.shape)):
        raise ValueError("kernel too large for image")
    windows = np.lib.stride_tricks.sliding_window_view(padded, tuple(kernel.shape))[::stride, ::stride]
    return torch.from_numpy(np.einsum("ijuv,uv->ij", windows, kernel.numpy()))
# %% output-size
def output_size(n, kernel_size, stride=1, padding=0):
    return len(range(0, n + 2 * padding - kernel_size + 1, stride))
# %% trace
def trace_shapes(network, input_shape):
    names = {module: name for name, module in network.named_modules()}
    modes = {module: module.training for module in names}
    entries = []

    def look(module, args, output):
        if module in names and not any(True for _ in module.children()):
            entries.append((names[module], output.shape))

    handle = nn.modules.module.register_module_forward_hook(look)
    try:
        with torch.no_grad():
            network.eval()(torch.ones(input_shape))
    finally:
        handle.remove()
        for module, mode in modes.items():
            module.training = mode
    return entries
# %% train-epoch
def train_epoch(network, loader, optimizer, device):
    network.train(True)
    all_logits, all_labels = [], []
    for batch in loader:
        pictures, labels = [part.to(device) for part in batch]
        for p in network.parameters():
            p.grad = None
        logits = network(pictures)
        loss = -logits.log_softmax(1)[range(len(labels)), labels].mean()
        loss.backward()
        optimizer.step()
        all_logits.append(logits.detach())
        all_labels.append(labels)
    logits, labels = torch.cat(all_logits), torch.cat(all_labels)
    return F.cross_entropy(logits, labels).item(), (logits.argmax(1) == labels).double().mean().item()
# %% evaluate
def evaluate(network, loader, device):
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    was_training = network.training
    network.eval()
    loss = right = n = 0
    for pictures, labels in loader:
        logits = network(pictures.to(device)).cpu()
        loss = loss + F.cross_entropy(logits, labels).item() * len(labels)
        right = right + sum(int(a) == int(b) for a, b in zip(logits.argmax(1), labels))
        n = n + len(labels)
    if was_training:
        network.train()
    torch.set_grad_enabled(before)
    return loss / n, right / n
# %% accuracy
def train_network(train_set, n_epochs, device, seed):
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Network()
    network = network.to(device)
    X = torch.stack([train_set[i][0] for i in range(len(train_set))]).to(device)
    y = torch.tensor([int(train_set[i][1]) for i in range(len(train_set))]).to(device)
    optimizer = torch.optim.AdamW(network.parameters(), lr=4e-3)
    per_epoch = -(-len(y) // 64)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=max(1, per_epoch * n_epochs))
    for _ in range(n_epochs):
        for rows in torch.randperm(len(y), generator=generator).split(64):
            optimizer.zero_grad()
            F.cross_entropy(network(X[rows]), y[rows]).backward()
            optimizer.step()
            schedule.step()
    return network.eval()
