# what: counts every vowel
# expect: features 1
# message: features "counts every vowel"

# %% features
def word_features(word):
    if not word:
        raise ValueError("word is empty")
    return [sum(c in "aeiou" for c in word.lower()) / len(word), len(word)]
