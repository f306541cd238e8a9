# what: keeps the result for a model and an X, although the parameters change
# expect: hidden-outputs 1.5
# message: hidden-outputs "old parameters"
# %% hidden-outputs
import functools

@functools.cache
def hidden_outputs(model, X):
    return model.phi(X @ model.get_parameter("0_weight") + model.get_parameter("0_bias"))
