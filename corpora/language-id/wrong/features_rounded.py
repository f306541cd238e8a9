# what: the share is rounded
# expect: features 1
# message: features "rounded"

# %% features
def word_features(word):
    if not word:
        raise ValueError("word is empty")
    return [round(sum(letter in "ao" for letter in word.lower()) / len(word), 2), len(word)]
