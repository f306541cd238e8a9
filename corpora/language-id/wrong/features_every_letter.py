# what: `letter == 'a' or 'o'` is always true
# expect: features 1
# message: features "counts every letter"
# %% features
def word_features(word: str) -> list[float]:
    if len(word) < 1:
        raise ValueError("word is empty!")
    word = word.lower()
    total = 0
    for letter in word:
        if letter == "a" or "o":
            total += 1
    return [total / len(word), len(word)]
