# what: takes the first examples of each class, so that nothing is drawn
# expect: split 3.25
# message: split "Two seeds give the same split"
# %% split
def split(labels, share, seed):
    train, val = [], []
    for label in labels.unique():
        places = (labels == label).nonzero().flatten()
        n_val = round(share * len(places))
        val.append(places[:n_val])
        train.append(places[n_val:])
    return torch.cat(train), torch.cat(val)
