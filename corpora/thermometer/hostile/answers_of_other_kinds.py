# what: answers of every wrong type
# expect: numerical-gradient 0, analytic-gradient 0, descent 0, autograd-descent 0, optimizer 0, network 0, dataset 0
# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    loss("params")
    return "a gradient"

# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    return torch.zeros(2, dtype=torch.complex64)

# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    return {0: params}, {"losses": object()}

# %% autograd-descent
def descend_autograd(t_u, t_c, params, learning_rate, n_epochs):
    return "ab"

# %% optimizer
def train(model, optimizer, loss_fn, train_set, val_set, n_epochs):
    model.seen = [0, None]
    return {"train": [None] * n_epochs, "val": "losses"}

# %% network
class Odd(nn.Module):
    hidden_linear = 5
    output_linear = torch.zeros(3)
    hidden_activation = "tanh"

    def forward(self, x):
        return None

def make_network(n_hidden):
    return Odd()

# %% dataset
class Readings(Dataset):
    def __init__(self, inputs, targets):
        pass

    def __len__(self):
        return 10**12

    def __getitem__(self, index):
        return {"input": index}
