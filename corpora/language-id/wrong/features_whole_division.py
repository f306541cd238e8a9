# what: divides with //
# expect: features 1
# message: features "whole part"
# %% features
def word_features(word: str) -> list[float]:
    if not word:
        raise ValueError("`word` is the empty word")
    word = word.lower()
    a = word.count('a')
    o = word.count('o')
    x1 = (a + o) // len(word)
    x2 = len(word)
    return [x1, x2]
