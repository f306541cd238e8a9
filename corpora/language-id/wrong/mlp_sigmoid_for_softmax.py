# what: a sigmoid in place of the softmax
# expect: mlp 1.25
# message: mlp "sigmoid of each score"

# %% mlp
class MultilayerPerceptron(nn.Module):
    def __init__(self, input_dim, hidden_dim, output_dim):
        super().__init__()
        self.fc1 = nn.Linear(input_dim, hidden_dim)
        self.fc2 = nn.Linear(hidden_dim, output_dim)

    def forward(self, x, apply_softmax=False):
        scores = self.fc2(torch.relu(self.fc1(x)))
        return torch.sigmoid(scores) if apply_softmax else scores
