# what: rows 00, 01, 10, 11
# expect: gates 4.25

# %% gates
def gate(name):
    bits = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    a, b = bits.bool().T
    results = {"and": a & b, "or": a | b, "xor": a ^ b}
    if name not in results:
        raise ValueError(f"name {name!r}")
    return bits, results[name].float().unsqueeze(1)


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
