# what: returns in the loop: looks at the first letter alone
# expect: features 1
# message: features "first letter only"
# %% features
def word_features(word: str) -> list[float]:
    if word == "":
        raise ValueError("word may not be empty")
    hits = 0
    for letter in word.lower():
        if letter == "a" or letter == "o":
            hits += 1
        return [hits / len(word), len(word)]
