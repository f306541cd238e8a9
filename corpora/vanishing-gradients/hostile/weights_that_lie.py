# what: a parameter class that reports another spread
# expect: initialize <=1.5

# %% initialize
class Lying(nn.Parameter):
    def std(self, *a, **k):
        return torch.tensor(0.1)


def initialize(model, scheme, seed):
    for layer in model.layers:
        layer.weight = Lying(torch.zeros_like(layer.weight))
        layer.bias = nn.Parameter(torch.zeros_like(layer.bias))
