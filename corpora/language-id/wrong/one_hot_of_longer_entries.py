# what: entries that contain the word count
# expect: one-hot 1
# message: one-hot "entries that contain the word"

# %% one-hot
def one_hot(words, vocabulary):
    return torch.tensor([[float(word in entry) for entry in vocabulary] for word in words])
