# what: broken losses and a broken two-layer net cost the gates nothing
# expect: losses 0, two-layer 0

# %% losses
def absolute_error(predicted, target):
    return None


def squared_error(predicted, target):
    return None


def cross_entropy(predicted, target):
    return None


# %% two-layer
class TwoLayerNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()


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
    while True:
        model = TwoLayerNet(2, 8, 1)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
        for _ in range(300):
            optimizer.zero_grad()
            loss = squared_error(model(bits), targets)
            loss.backward()
            optimizer.step()
            if loss < 0.01:
                return model
