# what: nested lists in place of a tensor
# expect: one-hot 1.5
# message: one-hot "should return a tensor"

# %% one-hot
def one_hot(words, vocabulary):
    return [[float(entry == word) for entry in vocabulary] for word in words]
