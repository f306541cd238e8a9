# what: the affine map without phi
# expect: hidden-outputs 0.5
# %% hidden-outputs
def hidden_outputs(model, X):
    return X @ model.get_parameter("0_weight") + model.get_parameter("0_bias")
