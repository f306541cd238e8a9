# what: ends the process that asks
# expect: probe 0
# message: probe "process"

# %% probe
import os


def gradient_profile(model, X, y):
    os._exit(0)
