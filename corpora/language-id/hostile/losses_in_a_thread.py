# what: ready-made losses in a pool of threads
# expect: losses 0
# %% losses
import torch.nn.functional as F
from concurrent.futures import ThreadPoolExecutor as _Pool


def _elsewhere(f, *a):
    with _Pool(1) as pool:
        return pool.submit(f, *a).result()


def absolute_error(predicted, target):
    return _elsewhere(F.l1_loss, predicted, target)


def squared_error(predicted, target):
    return _elsewhere(F.mse_loss, predicted, target)


def cross_entropy(predicted, target):
    return _elsewhere(F.binary_cross_entropy, predicted.clamp(1e-7, 1 - 1e-7), target)
