# what: in eval mode there is a softmax, whether it is asked for or not
# expect: mlp 1.75
# %% mlp
class MultilayerPerceptron(nn.Module):
    def __init__(self, input_dim, hidden_dim, output_dim):
        super().__init__()
        self.fc1 = nn.Linear(input_dim, hidden_dim)
        self.fc2 = nn.Linear(hidden_dim, output_dim)

    def forward(self, x, apply_softmax=False):
        z = self.fc2(self.fc1(x).relu())
        return z.softmax(-1) if apply_softmax or not self.training else z
