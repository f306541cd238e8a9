# what: the right numbers in a NumPy array
# expect: hidden-outputs 1.5
# message: hidden-outputs "should be a tensor"
# %% hidden-outputs
import torch


def hidden_outputs(model, X):
    weight, bias = model.get_parameter("0_weight"), model.get_parameter("0_bias")
    phi = model.phi
    return phi(X @ weight + bias).detach().numpy()
