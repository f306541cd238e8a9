# what: half cure: the bias is a parameter that is not trained
# expect: unregistered 2.25
# message: unregistered "its `requires_grad` is False"

# %% unregistered
def cure_unregistered(n_inputs, width, n_hidden, n_outputs):
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = nn.Sequential(nn.Linear(n_inputs, width), nn.ReLU())
            for _ in range(n_hidden):
                self.body.extend([nn.Linear(width, width), nn.ReLU()])
            self.weight = nn.Parameter(torch.randn(width, n_outputs) / math.sqrt(width))
            self.bias = nn.Parameter(torch.zeros(n_outputs), requires_grad=False)

        def forward(self, X):
            return self.body(X) @ self.weight + self.bias

    return Network()
