# what: the opposite of xor
# expect: gates 2.75
# message: gates "the wrong way round"

# %% gates
def gate(name):
    answers = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "xor": [1, 0, 0, 1]}
    if name not in answers:
        raise ValueError(f"`name` is {name!r}, and that is no gate")
    bits = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    return bits, torch.tensor(answers[name]).float()[:, None]


def learn_gate(name, seed):
    torch.manual_seed(seed)
    bits, targets = gate(name)
    net = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1), nn.Sigmoid())
    adam = torch.optim.Adam(net.parameters(), lr=0.05)
    for _ in range(500):
        adam.zero_grad()
        cross_entropy(net(bits), targets).backward()
        adam.step()
    return net
