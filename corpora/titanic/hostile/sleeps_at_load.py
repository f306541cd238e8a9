# what: a cell that sleeps for an hour
# %% extra after=mlp
import time

time.sleep(3600)
