# what: all ones
# expect: one-hot 0
# %% one-hot
def one_hot(words, vocabulary):
    return torch.ones(len(words), len(vocabulary))
