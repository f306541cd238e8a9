# what: relu, whatever phi is
# expect: hidden-outputs 0.5
# %% hidden-outputs
def hidden_outputs(model, X):
    return torch.relu(X @ model.get_parameter("0_weight") + model.get_parameter("0_bias"))
