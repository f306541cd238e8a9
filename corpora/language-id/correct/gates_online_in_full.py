# what: 500 epochs of Adam, probability from a sigmoid inside the model, generator of its own

# %% gates
def gate(name):
    if name == "and":
        answers = [0, 0, 0, 1]
    elif name == "or":
        answers = [0, 1, 1, 1]
    elif name == "xor":
        answers = [0, 1, 1, 0]
    else:
        raise ValueError(f"name {name} is no gate")
    return torch.tensor([[0.0, 0], [1, 0], [0, 1], [1, 1]]), torch.tensor(answers).float().reshape(4, 1)


class GateNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(2, 8), nn.Linear(8, 1)

    def forward(self, x):
        return self.b(self.a(x).tanh()).sigmoid()


def learn_gate(name, seed):
    generator = torch.Generator().manual_seed(seed)
    model = GateNet()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))
    bits, targets = gate(name)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(500):
        loss = nn.functional.binary_cross_entropy(model(bits), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model
