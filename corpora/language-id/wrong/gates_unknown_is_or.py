# what: any other name is a table of its own
# expect: gates 4.5
# message: gates "raises nothing"

# %% gates
def gate(name):
    bits = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    if name == "and":
        targets = [0, 0, 0, 1]
    elif name == "xor":
        targets = [0, 1, 1, 0]
    else:
        targets = [0, 1, 1, 1]
    return bits, torch.tensor(targets).float().unsqueeze(1)


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
