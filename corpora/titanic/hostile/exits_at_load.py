# what: the process ends while the notebook is loaded
# expect: mlp 0
# %% mlp
import os

os._exit(0)
