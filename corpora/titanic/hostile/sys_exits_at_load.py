# what: sys.exit, a segfault's little brother, while the notebook is loaded
# %% extra after=mlp
import sys

sys.exit("all tests passed")
# %% extra after=fit
raise SystemExit(0)
