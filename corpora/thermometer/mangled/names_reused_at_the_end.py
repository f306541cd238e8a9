# what: the last cells try everything once more, and reuse the names of the tasks for results and experiments
# message: analytic-gradient "`gradient` was replaced by a later cell (extra cell 1)"

# %% extra
gradient = gradient(t_u, t_c, torch.tensor(1.0), torch.tensor(0.0))
print(gradient)

# %% extra
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(1, 1)

    def forward(self, x):
        return self.fc(x)


predict = Network()
mse = nn.MSELoss()
