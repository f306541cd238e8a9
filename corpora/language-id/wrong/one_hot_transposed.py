# what: words as columns
# expect: one-hot 1
# message: one-hot "the other way round"

# %% one-hot


def one_hot(words, vocabulary):
    return torch.tensor([[float(entry == word) for word in words] for entry in vocabulary])
