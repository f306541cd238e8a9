# what: a percentage in place of a share
# expect: features 1
# message: features "percentage"

# %% features
def word_features(word):
    if not word:
        raise ValueError("word is empty")
    word = word.lower()
    return [100 * (word.count("a") + word.count("o")) / len(word), len(word)]
