# what: outputs (n,) minus targets (n, 1): every output is compared with every target
# expect: gates <=3
# message: gates "same shape in the loss"
# %% gates
def gate(name: str) -> tuple[torch.Tensor, torch.Tensor]:
    outputs = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "xor": [0, 1, 1, 0]}
    if name not in outputs:
        raise ValueError(f"bad name {name!r}")
    bits = torch.tensor([[0, 0], [1, 0], [0, 1], [1, 1]], dtype=torch.float32)
    targets = torch.tensor(outputs[name], dtype=torch.float32).unsqueeze(1)
    return bits, targets


def learn_gate(name: str, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    bits, targets = gate(name)
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1), nn.Sigmoid())
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for epoch in range(1000):
        optimizer.zero_grad()
        pred = model(bits).squeeze()
        loss = ((pred - targets) ** 2).mean()
        loss.backward()
        optimizer.step()
    return model
