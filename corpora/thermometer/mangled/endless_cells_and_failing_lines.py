# what: loops without an end above, below and between answers, and a line that fails above the imports of a cell

# %% extra after=setup
name = input("Matriculation number: ")
import numpy as np

# %% extra after=readings
while True:
    pass

# %% extra
import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)
while True:
    pass
