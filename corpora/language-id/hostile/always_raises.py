# what: a ValueError for every argument
# expect: features 0, gates 0

# %% features
def word_features(word):
    raise ValueError("word")


# %% gates
def gate(name):
    raise ValueError("name")


def learn_gate(name, seed):
    raise ValueError("name")
