# what: words as columns
# expect: one-hot 0.5
# message: one-hot "shape"

# %% one-hot


def one_hot(words, vocabulary):
    return torch.tensor([[float(entry == word) for word in words] for entry in vocabulary])
