# what: ends the process that asks
# expect: stranger 0
# message: stranger "process"

# %% stranger
import os


def cure_stranger(models, X, y, learning_rate, n_epochs):
    os._exit(0)
