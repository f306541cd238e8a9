# what: trained with BCEWithLogitsLoss, returned without the sigmoid
# expect: gates 4
# message: gates "sigmoid missing"
# %% gates
def gate(name):
    tables = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "xor": [0, 1, 1, 0]}
    if name not in tables:
        raise ValueError(f"name must be one of {list(tables)}")
    return torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), torch.tensor(tables[name]).float()[:, None]


def learn_gate(name, seed):
    torch.manual_seed(seed)
    bits, targets = gate(name)
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    loss_fn = nn.BCEWithLogitsLoss()
    while ((model(bits) > 0).float() != targets).any():
        optimizer.zero_grad()
        loss_fn(model(bits), targets).backward()
        optimizer.step()
    return model
