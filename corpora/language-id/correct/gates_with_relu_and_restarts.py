# what: your TwoLayerNet, squared error on the bare output, restarts until it is right

# %% gates
def gate(name):
    functions = {"and": lambda a, b: a and b, "or": lambda a, b: a or b, "xor": lambda a, b: a != b}
    try:
        function = functions[name]
    except KeyError:
        raise ValueError("unknown name: " + name) from None
    rows = [(0, 0), (1, 0), (0, 1), (1, 1)]
    return torch.tensor(rows).float(), torch.tensor([[float(function(a, b))] for a, b in rows])


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
