# what: no ValueError for the empty word
# expect: features 1.5
# message: features "ZeroDivisionError"

# %% features


def word_features(word):
    return [sum(c in "aoAO" for c in word) / len(word), len(word)]
