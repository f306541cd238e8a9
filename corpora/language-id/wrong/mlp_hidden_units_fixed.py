# what: as many hidden units as in the notebook, whatever `hidden_dim` is
# expect: mlp 1.75
# message: mlp "fc1.weight"

# %% mlp
class MultilayerPerceptron(nn.Module):
    def __init__(self, input_dim, hidden_dim, output_dim):
        super().__init__()
        self.fc1 = nn.Linear(input_dim, 100)
        self.fc2 = nn.Linear(100, output_dim)

    def forward(self, x, apply_softmax=False):
        scores = self.fc2(torch.relu(self.fc1(x)))
        return torch.softmax(scores, dim=-1) if apply_softmax else scores
