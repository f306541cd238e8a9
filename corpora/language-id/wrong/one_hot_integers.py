# what: integers from F.one_hot, and unknown words left out
# expect: one-hot 1

# %% one-hot


def one_hot(words, vocabulary):
    places = torch.tensor([vocabulary.index(word) for word in words if word in vocabulary])
    return nn.functional.one_hot(places, len(vocabulary))
