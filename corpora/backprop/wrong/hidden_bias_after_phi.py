# what: adds the bias after phi
# expect: hidden-outputs 0.5
# message: hidden-outputs "added after phi"
# %% hidden-outputs
def hidden_outputs(model: MLP, X: torch.Tensor) -> torch.Tensor:
    return model.phi(X @ model.get_parameter("0_weight")) + model.get_parameter("0_bias")
