# what: counts instead of dividing
# expect: features 1

# %% features


def word_features(word):
    if not word:
        raise ValueError("word is empty")
    return [sum(c in "aoAO" for c in word), len(word)]
