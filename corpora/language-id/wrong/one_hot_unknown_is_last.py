# what: an unknown word is taken for the last of the vocabulary
# expect: one-hot 1.5
# message: one-hot "unknown word"

# %% one-hot
def one_hot(words, vocabulary):
    result = torch.zeros(len(words), len(vocabulary))
    for row, word in enumerate(words):
        result[row, vocabulary.index(word) if word in vocabulary else -1] = 1
    return result
