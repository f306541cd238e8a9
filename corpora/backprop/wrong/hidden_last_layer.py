# what: the last hidden layer in the place of the first
# expect: hidden-outputs 1.5
# %% hidden-outputs
def hidden_outputs(model, X):
    for i in range(model.num_layers() - 1):
        X = model.phi(X @ model.get_parameter(f"{i}_weight") + model.get_parameter(f"{i}_bias"))
    return X
