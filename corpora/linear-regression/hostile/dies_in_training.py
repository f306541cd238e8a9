# what: ends the process that asks
# expect: train 0
# message: train "process"

# %% train
import os


def train(model, X, y, n_epochs, learning_rate):
    os._exit(0)
