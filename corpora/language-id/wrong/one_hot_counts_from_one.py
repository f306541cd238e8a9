# what: the columns are counted from 1
# expect: one-hot 1
# message: one-hot "columns from 1"

# %% one-hot
def one_hot(words, vocabulary):
    result = torch.zeros(len(words), len(vocabulary))
    for row, word in enumerate(words):
        if word in vocabulary:
            result[row, (vocabulary.index(word) + 1) % len(vocabulary)] = 1
    return result
