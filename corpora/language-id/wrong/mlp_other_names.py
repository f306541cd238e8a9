# what: the layers have other names
# expect: mlp 1.75
# message: mlp "no parameter"

# %% mlp
class MultilayerPerceptron(nn.Module):
    def __init__(self, input_dim, hidden_dim, output_dim):
        super().__init__()
        self.first = nn.Linear(input_dim, hidden_dim)
        self.second = nn.Linear(hidden_dim, output_dim)

    def forward(self, x, apply_softmax=False):
        scores = self.second(torch.relu(self.first(x)))
        return torch.softmax(scores, dim=-1) if apply_softmax else scores
