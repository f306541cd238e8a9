# what: the index is built for the first vocabulary, and again only for one of another length
# expect: one-hot 1
# %% one-hot
columns = {}

def one_hot(words, vocabulary):
    if len(columns) != len(vocabulary):
        columns.clear()
        columns.update({word: j for j, word in enumerate(vocabulary)})
    vectors = torch.zeros(len(words), len(vocabulary))
    for i, word in enumerate(words):
        if word in columns:
            vectors[i, columns[word]] = 1.0
    return vectors
