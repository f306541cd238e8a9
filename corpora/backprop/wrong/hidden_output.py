# what: the output of the whole network
# expect: hidden-outputs 0
# message: hidden-outputs "that of the network's output"
# %% hidden-outputs
def hidden_outputs(model, X):
    return model(X)
