# what: a parameter for each weight; a one-hot that ignores case on both sides

# %% logistic-regression
class LogisticRegression(nn.Module):
    def __init__(self, n_inputs):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(()))
        self.weights = nn.ParameterList(nn.Parameter(torch.randn(())) for _ in range(n_inputs))

    def forward(self, x):
        total = self.bias + sum(weight * x[..., i] for i, weight in enumerate(self.weights))
        return torch.sigmoid(total).unsqueeze(-1)


# %% one-hot
def one_hot(words, vocabulary):
    return torch.tensor([[float(word.lower() == entry.lower()) for entry in vocabulary] for word in words])
