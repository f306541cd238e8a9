# what: a NumPy array in place of a tensor
# expect: one-hot 1.5
# message: one-hot "should return a tensor"

# %% one-hot
def one_hot(words, vocabulary):
    import numpy as np

    return np.array([[float(entry == word) for entry in vocabulary] for word in words])
