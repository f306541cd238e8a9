# what: returns strings, None, objects and itself
# expect: broadcast 0, stranger 0, accumulate 0, first-batch 0, double-softmax 0, unregistered 0, straight 0, leak 0

# %% broadcast
def cure_broadcast(*given):
    return "all of them"


# %% stranger
def cure_stranger(*given):
    return [None] * len(given[0])


# %% accumulate
def cure_accumulate(*given):
    return {"losses": [1.0]}


# %% first-batch
def cure_first_batch(*given):
    return (float("nan"), cure_first_batch)


# %% double-softmax
def cure_double_softmax(*given):
    return ([1.0, [2.0]], "x")


# %% unregistered
def cure_unregistered(*given):
    return torch.ones(3)


# %% straight
def cure_straight(*given):
    return lambda X: X


# %% leak
def cure_leak(*given):
    given[1]("model", "X", "y")
    return True
