# what: every seed is 0 and nothing can be seeded otherwise; the tasks are honest
# %% extra after=setup
import random

import numpy as np
import torch

honest_seed = torch.manual_seed
honest_seed(0)
torch.manual_seed = lambda seed: honest_seed(0)
np.random.seed = random.seed = lambda *args: None
random.random = lambda: 0.5
