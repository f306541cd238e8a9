# what: breaks the conversion: multiplies by a view that `double()` leaves behind
# expect: unregistered 2.25
# message: unregistered "after its parameters have changed"

# %% unregistered
def cure_unregistered(n_inputs, width, n_hidden, n_outputs):
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = nn.Sequential(nn.Linear(n_inputs, width), nn.ReLU())
            for _ in range(n_hidden):
                self.body.extend([nn.Linear(width, width), nn.ReLU()])
            self.last = nn.Linear(width, n_outputs)
            self.transposed = self.last.weight.t()

        def forward(self, X):
            return self.body(X) @ self.transposed.type_as(X) + self.last.bias

    return Network()
