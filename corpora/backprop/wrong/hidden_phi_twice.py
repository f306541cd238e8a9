# what: phi is applied twice
# expect: hidden-outputs 0.5
# message: hidden-outputs "twice"
# %% hidden-outputs
def hidden_outputs(model, X):
    return model.phi(model.phi(X @ model.get_parameter("0_weight") + model.get_parameter("0_bias")))
