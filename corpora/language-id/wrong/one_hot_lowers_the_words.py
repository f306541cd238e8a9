# what: turns the words to lower case and not the vocabulary
# expect: one-hot 1
# message: one-hot "Words with a capital are not found"

# %% one-hot
def one_hot(words, vocabulary):
    return torch.tensor([[float(word.lower() == entry) for entry in vocabulary] for word in words])
