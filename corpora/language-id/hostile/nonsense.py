# what: the length twice for the features, the mean prediction for every loss
# expect: features <=1, losses 0
# %% features
def word_features(word):
    if not word:
        raise ValueError("word is empty")
    return torch.tensor([float(len(word)), 1.0])

# %% losses
def absolute_error(predicted, target):
    return predicted.mean()

def squared_error(predicted, target):
    return predicted.mean()

def cross_entropy(predicted, target):
    return predicted.mean()
