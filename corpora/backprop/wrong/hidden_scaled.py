# what: the outputs times the weights that lead from them
# expect: hidden-outputs 0.5
# message: hidden-outputs "weights of the next layer"
# %% hidden-outputs
def hidden_outputs(model, X):
    h = model.phi(X @ model.get_parameter("0_weight") + model.get_parameter("0_bias"))
    return h * model.get_parameter("1_weight")[:, 0]
