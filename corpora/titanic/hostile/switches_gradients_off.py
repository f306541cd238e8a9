# what: leaves gradients off, float64 the default and warnings errors; the tasks are honest
# %% extra
import warnings

import numpy as np
import torch

torch.set_grad_enabled(False)
torch.set_default_dtype(torch.float64)
warnings.simplefilter("error")
np.seterr(all="raise")
