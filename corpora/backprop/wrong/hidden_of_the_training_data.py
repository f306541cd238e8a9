# what: computed from the notebook's X_train
# expect: hidden-outputs 0
# message: hidden-outputs "computed from the X that was passed in"
# %% hidden-outputs
def hidden_outputs(model: MLP, X: torch.Tensor) -> torch.Tensor:
    params = dict(model.named_parameters())
    hidden = X_train @ params["0_weight"] + params["0_bias"]
    return model.phi(hidden).detach()
