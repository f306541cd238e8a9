# what: unknown words lose their row
# expect: one-hot 1.5
# message: one-hot "Does each keep its row"

# %% one-hot
def one_hot(words, vocabulary):
    rows = [[float(entry == word) for entry in vocabulary] for word in words if word in vocabulary]
    return torch.tensor(rows)
