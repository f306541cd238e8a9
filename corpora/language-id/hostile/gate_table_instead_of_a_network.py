# what: a module that looks the answer up
# expect: gates 1.75
# message: gates "learned"

# %% gates
def gate(name):
    tables = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "xor": [0, 1, 1, 0]}
    if name not in tables:
        raise ValueError(f"name {name!r}")
    bits = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    return bits, torch.tensor(tables[name]).float().unsqueeze(1)


class Lookup(nn.Module):
    def __init__(self, name):
        super().__init__()
        self.name = name

    def forward(self, x):
        table = {tuple(b.tolist()): t for b, t in zip(*gate(self.name))}
        return torch.stack([table[tuple(row.tolist())] for row in x])


def learn_gate(name, seed):
    return Lookup(name)
