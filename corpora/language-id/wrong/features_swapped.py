# what: length first
# expect: features 1

# %% features


def word_features(word):
    if not word:
        raise ValueError("word is empty")
    return [len(word), sum(c in "aoAO" for c in word) / len(word)]
