# what: forgets capitals
# expect: features 1.5
# message: features "other numbers for"

# %% features


def word_features(word):
    if not word:
        raise ValueError("word is empty")
    return [sum(c in "ao" for c in word) / len(word), len(word)]
