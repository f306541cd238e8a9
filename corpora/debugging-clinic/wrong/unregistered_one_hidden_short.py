# what: breaks the depth: one hidden layer too few
# expect: unregistered 1.25
# message: unregistered "One hidden layer is missing"

# %% unregistered
def cure_unregistered(n_inputs, width, n_hidden, n_outputs):
    model = nn.Sequential()
    model.append(nn.Linear(n_inputs, width))
    model.append(nn.ReLU())
    for _ in range(n_hidden - 1):
        model.append(nn.Linear(width, width))
        model.append(nn.ReLU())
    model.append(nn.Linear(width, n_outputs))
    return model
