# what: a sigmoid whatever phi is
# expect: hidden-outputs 1.5
# %% hidden-outputs
def hidden_outputs(model, X):
    return torch.sigmoid(X @ model.get_parameter("0_weight") + model.get_parameter("0_bias"))
