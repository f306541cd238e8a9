# what: takes the layers in the alphabetical order of their names, in which 10 comes before 2
# expect: mlp 4.5
# %% mlp
class MLP(nn.Module):
    def __init__(self, sizes, phi=torch.sigmoid):
        super().__init__()
        self.phi, self.depth = phi, len(sizes) - 1
        for i in range(self.depth):
            self.register_parameter(f"{i}_weight", nn.Parameter(torch.randn(sizes[i], sizes[i + 1])))
            self.register_parameter(f"{i}_bias", nn.Parameter(torch.randn(sizes[i + 1])))

    def num_layers(self):
        return self.depth

    def forward(self, x):
        values = dict(self.named_parameters())
        numbers = sorted({name.split("_")[0] for name in values})
        for place, number in enumerate(numbers, start=1):
            x = x @ values[number + "_weight"] + values[number + "_bias"]
            if place < self.depth:
                x = self.phi(x)
        return x
