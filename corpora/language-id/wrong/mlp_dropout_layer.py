# what: dropout in training
# expect: mlp 1.75
# message: mlp "such as dropout"
# %% mlp
class MultilayerPerceptron(nn.Module):
    def __init__(self, input_dim, hidden_dim, output_dim):
        super().__init__()
        self.fc1 = nn.Linear(input_dim, hidden_dim)
        self.dropout = nn.Dropout(0.5)
        self.fc2 = nn.Linear(hidden_dim, output_dim)

    def forward(self, x, apply_softmax=False):
        scores = self.fc2(self.dropout(torch.relu(self.fc1(x))))
        return torch.softmax(scores, dim=-1) if apply_softmax else scores
