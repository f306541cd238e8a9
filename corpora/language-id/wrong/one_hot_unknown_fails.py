# what: an unknown word is a KeyError
# expect: one-hot 1.5
# message: one-hot "KeyError"

# %% one-hot


def one_hot(words, vocabulary):
    place = {word: i for i, word in enumerate(vocabulary)}
    result = torch.zeros(len(words), len(vocabulary))
    for row, word in enumerate(words):
        result[row, place[word]] = 1
    return result
