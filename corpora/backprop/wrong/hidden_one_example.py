# what: the first example alone
# expect: hidden-outputs 0
# message: hidden-outputs "shape"
# %% hidden-outputs
def hidden_outputs(model, X):
    return model.phi(X[0] @ model.get_parameter("0_weight") + model.get_parameter("0_bias"))
