# what: the truth tables are NumPy arrays
# expect: gates 4.5
# message: gates "should be a tensor"

# %% gates
def gate(name):
    tables = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "xor": [0, 1, 1, 0]}
    if name not in tables:
        raise ValueError(f"name {name!r}")
    return __import__("numpy").array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), __import__(
        "numpy"
    ).array(tables[name]).reshape(4, 1)


def learn_gate(name, seed):
    bits, targets = (torch.tensor(part).float() for part in gate(name))
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1), nn.Sigmoid())
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(500):
        optimizer.zero_grad()
        loss = ((model(bits) - targets) ** 2).mean()
        loss.backward()
        optimizer.step()
    return model
