# what: the switch works the wrong way round
# expect: mlp 0
# message: mlp "softmax"

# %% mlp
class MultilayerPerceptron(nn.Module):
    def __init__(self, input_dim, hidden_dim, output_dim):
        super().__init__()
        self.fc1 = nn.Linear(input_dim, hidden_dim)
        self.fc2 = nn.Linear(hidden_dim, output_dim)

    def forward(self, x, apply_softmax=False):
        scores = self.fc2(torch.relu(self.fc1(x)))
        return scores if apply_softmax else torch.softmax(scores, dim=-1)
