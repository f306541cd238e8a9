# what: sorts the vocabulary
# expect: one-hot 1

# %% one-hot


def one_hot(words, vocabulary):
    vocabulary = sorted(vocabulary)
    return torch.tensor([[float(entry == word) for entry in vocabulary] for word in words])
