# what: `return` inside the loop
# expect: one-hot 0
# message: one-hot "inside the loop"
# %% one-hot
def one_hot(words: Sequence[str], vocabulary: Sequence[str]) -> torch.Tensor:
    place = {word: column for column, word in enumerate(vocabulary)}
    vectors = torch.zeros(len(words), len(vocabulary))
    for row, word in enumerate(words):
        if word in place:
            vectors[row, place[word]] = 1.0
        return vectors
