# what: no nonlinearity, and numbers so large between the layers, where they are followed, that their norm is infinite
# expect: straight 0
# %% straight
class Big(nn.Linear):
    def __init__(self, a, b, last, scale):
        super().__init__(a, b)
        self.last, self.scale = last, scale
    def forward(self, x):
        out = nn.functional.linear((x.double() / self.scale[0]), self.weight.double(), self.bias.double())
        big = len(x) == 200 and not self.last and bool((out.std(dim=0) - 2).abs().max() < 1e-2) and bool(out.median(dim=0).values.abs().max() < 1e-2)
        self.scale[0] = 1e200 if big else 1.0
        return out * self.scale[0]

def cure_straight(n_inputs, width, n_layers):
    scale = [1.0]
    sizes = [n_inputs] + [width] * (n_layers - 1) + [1]
    return nn.Sequential(*[Big(a, b, k == n_layers - 1, scale) for k, (a, b) in enumerate(zip(sizes, sizes[1:]))])
