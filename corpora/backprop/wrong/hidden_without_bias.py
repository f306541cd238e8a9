# what: the bias is forgotten
# expect: hidden-outputs 0.5
# message: hidden-outputs "without the bias"
# %% hidden-outputs
def hidden_outputs(model, X):
    return model.phi(X @ model.get_parameter("0_weight"))
