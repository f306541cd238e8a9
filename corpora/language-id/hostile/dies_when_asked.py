# what: ends the process that asks
# expect: logistic-regression 0
# message: logistic-regression "process"

# %% logistic-regression
import os


class LogisticRegression(nn.Module):
    def __init__(self, n_inputs):
        os._exit(0)
