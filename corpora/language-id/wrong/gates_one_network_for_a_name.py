# what: each gate is trained once, whatever the seed
# expect: gates 4.25
# message: gates "the network of an earlier one"

# %% gates
def gate(name):
    answers = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "xor": [0, 1, 1, 0]}
    if name not in answers:
        raise ValueError(f"`name` is {name!r}, and that is no gate")
    bits = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    return bits, torch.tensor(answers[name]).float()[:, None]


trained = {}


def learn_gate(name, seed):
    if name in trained:
        return trained[name]
    torch.manual_seed(seed)
    bits, targets = gate(name)
    net = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1), nn.Sigmoid())
    adam = torch.optim.Adam(net.parameters(), lr=0.05)
    for _ in range(500):
        adam.zero_grad()
        cross_entropy(net(bits), targets).backward()
        adam.step()
    trained[name] = net
    return net
