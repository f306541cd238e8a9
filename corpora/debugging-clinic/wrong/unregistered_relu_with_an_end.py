# what: a relu that ends at 6
# expect: unregistered 2.5
# %% unregistered
def cure_unregistered(n_inputs, width, n_hidden, n_outputs):
    parts = [nn.Linear(n_inputs, width)]
    for _ in range(n_hidden):
        parts += [nn.ReLU6(), nn.Linear(width, width)]
    return nn.Sequential(*parts, nn.ReLU6(), nn.Linear(width, n_outputs))
