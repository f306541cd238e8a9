# what: cells that end the process, leave it, break its memory or fill it; each definition before and after them holds
# https://github.com/sagemathinc/cocalc/issues/4588 and 4951, https://github.com/jupyter/nbgrader/issues/427
# %% extra after=linear-model
import os

os._exit(1)
# %% extra after=linear-model
import sys

sys.exit("no more")
# %% extra after=linear-model
import ctypes

ctypes.string_at(0)
# %% extra after=linear-model
raise NotImplementedError
