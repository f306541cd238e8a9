# what: divides by the other letters
# expect: features 1
# message: features "neither a nor o"

# %% features
def word_features(word):
    if not word:
        raise ValueError("word is empty")
    n = sum(c in "ao" for c in word.lower())
    return [n / max(len(word) - n, 1), len(word)]
