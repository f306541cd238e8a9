# what: targets without a column: the difference broadcasts, and nothing is learned
# expect: gates 2
# message: gates "shape"

# %% gates
def gate(name):
    tables = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "xor": [0, 1, 1, 0]}
    if name not in tables:
        raise ValueError(f"name {name!r}")
    bits = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    return bits, torch.tensor(tables[name]).float()


def learn_gate(name, seed):
    bits, targets = gate(name)
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1), nn.Sigmoid())
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(200):
        optimizer.zero_grad()
        ((model(bits) - targets) ** 2).mean().backward()
        optimizer.step()
    return model
