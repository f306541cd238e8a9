# what: counts a alone
# expect: features 1

# %% features


def word_features(word):
    if not word:
        raise ValueError("word is empty")
    return [word.lower().count("a") / len(word), len(word)]
