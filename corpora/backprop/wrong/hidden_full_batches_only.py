# what: works in batches of 32, and leaves out the rest
# expect: hidden-outputs 1.5
# message: hidden-outputs "does not have 128 rows"
# %% hidden-outputs
def hidden_outputs(model, X):
    batches = X.split(32)
    full = [batch for batch in batches if len(batch) == 32] or batches
    weight, bias = model.get_parameter("0_weight"), model.get_parameter("0_bias")
    return torch.cat([model.phi(batch @ weight + bias) for batch in full])
