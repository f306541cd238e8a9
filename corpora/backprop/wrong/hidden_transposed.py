# what: units in rows
# expect: hidden-outputs 1.5
# message: hidden-outputs "shape"
# %% hidden-outputs
def hidden_outputs(model, X):
    return model.phi(X @ model.get_parameter("0_weight") + model.get_parameter("0_bias")).T
