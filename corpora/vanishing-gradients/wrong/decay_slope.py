# what: the slope of a line that is fitted through the logarithms
# expect: decay 2
# message: decay "slope of a line"
# %% decay
import numpy as np


def decay_per_layer(profile):
    slope, _ = np.polyfit(range(len(profile)), np.log(profile), 1)
    return float(np.exp(-slope))
