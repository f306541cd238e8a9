# what: the ValueError does not say what is wrong
# expect: features 1.5
# message: features "name"

# %% features
def word_features(word):
    if not word:
        raise ValueError("")
    word = word.lower()
    return [(word.count("a") + word.count("o")) / len(word), len(word)]
