# what: keeps a split for its seed, share and number of labels, and returns it for other labels, too
# expect: split 2.5
# message: split "split on its own"
# %% split
from functools import lru_cache

LABELS = []

def split(labels, share, seed):
    LABELS[:] = [labels]
    return _split(len(labels), share, seed)

@lru_cache
def _split(n, share, seed):
    (labels,) = LABELS
    generator = torch.Generator().manual_seed(seed)
    in_val = torch.zeros(n, dtype=torch.bool)
    for kind in labels.unique():
        places = torch.where(labels == kind)[0]
        order = torch.randperm(len(places), generator=generator)
        in_val[places[order[: round(share * len(places))]]] = True
    return torch.where(~in_val)[0], torch.where(in_val)[0]
