# what: one neuron for every gate
# expect: gates 3.5
# message: gates "fifty seeds"

# %% gates
def gate(name):
    tables = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "xor": [0, 1, 1, 0]}
    if name not in tables:
        raise ValueError(f"name {name!r}")
    bits = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    return bits, torch.tensor(tables[name]).float().unsqueeze(1)


def learn_gate(name, seed):
    bits, targets = gate(name)
    torch.manual_seed(seed)
    model = LogisticRegression(2)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    for _ in range(300):
        optimizer.zero_grad()
        cross_entropy(model(bits), targets).backward()
        optimizer.step()
    return model
