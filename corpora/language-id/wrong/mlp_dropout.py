# what: dropout that is never off
# expect: mlp 0
# message: mlp "Two calls with the same input"

# %% mlp
class MultilayerPerceptron(nn.Module):
    def __init__(self, input_dim, hidden_dim, output_dim):
        super().__init__()
        self.fc1 = nn.Linear(input_dim, hidden_dim)
        self.fc2 = nn.Linear(hidden_dim, output_dim)

    def forward(self, x, apply_softmax=False):
        scores = self.fc2(nn.functional.dropout(torch.relu(self.fc1(x))))
        return torch.softmax(scores, dim=-1) if apply_softmax else scores
