# what: substrings count
# expect: one-hot 0..1

# %% one-hot


def one_hot(words, vocabulary):
    return torch.tensor([[float(entry in word) for entry in vocabulary] for word in words])
