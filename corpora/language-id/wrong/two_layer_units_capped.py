# what: hidden units are kept between 0 and 20
# expect: two-layer 1.25
# %% two-layer
class TwoLayerNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.linear_1 = nn.Linear(n_in, n_hidden)
        self.linear_2 = nn.Linear(n_hidden, n_out)

    def forward(self, x):
        return self.linear_2(self.linear_1(x).clamp(0, 20))
