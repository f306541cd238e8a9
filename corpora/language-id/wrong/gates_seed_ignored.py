# what: always seed 0
# expect: gates 4.25
# message: gates "Another seed"

# %% gates
def gate(name):
    tables = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "xor": [0, 1, 1, 0]}
    if name not in tables:
        raise ValueError(f"name {name!r}")
    bits = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    return bits, torch.tensor(tables[name]).float().unsqueeze(1)


def learn_gate(name, seed):
    bits, targets = gate(name)
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1), nn.Sigmoid())
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(200):
        optimizer.zero_grad()
        ((model(bits) - targets) ** 2).mean().backward()
        optimizer.step()
    return model
