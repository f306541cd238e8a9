# what: the bits are -1 and 1
# expect: gates 1.75
# message: gates "-1 and 1"

# %% gates
def gate(name):
    tables = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "xor": [0, 1, 1, 0]}
    if name not in tables:
        raise ValueError(f"name {name!r}")
    return torch.tensor([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]]), torch.tensor(
        tables[name]
    ).float().unsqueeze(1)


def learn_gate(name, seed):
    bits, targets = gate(name)
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1), nn.Sigmoid())
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(500):
        optimizer.zero_grad()
        loss = ((model(bits) - targets) ** 2).mean()
        loss.backward()
        optimizer.step()
    return model
