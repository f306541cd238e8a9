# what: makes comparisons of its own process agree
# expect: features 0, mlp 0

# %% extra after=setup
torch.allclose = torch.equal = lambda *a, **k: True
torch.softmax = lambda x, dim: x * 0
try:
    import autograder.grading.checks as judge

    judge.fail = judge.require = judge.assert_close = lambda *a, **k: None
except ImportError:
    pass


# %% features
def word_features(word):
    return [0.5, 3]


# %% mlp
class MultilayerPerceptron(nn.Module):
    def __init__(self, input_dim, hidden_dim, output_dim):
        super().__init__()
        self.fc1 = nn.Linear(input_dim, hidden_dim)
        self.fc2 = nn.Linear(hidden_dim, output_dim)

    def forward(self, x, apply_softmax=False):
        return torch.zeros(*x.shape[:-1], self.fc2.out_features)
