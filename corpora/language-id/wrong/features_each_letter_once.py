# what: counts a and o once each
# expect: features 1
# message: features "each letter once"

# %% features
def word_features(word):
    if not word:
        raise ValueError("word is empty")
    return [(("a" in word.lower()) + ("o" in word.lower())) / len(word), len(word)]
