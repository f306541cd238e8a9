# what: train mode for the measurement, also where the model was in eval mode
# expect: probe 5
# message: probe "train mode after it"
# %% probe
def gradient_profile(model, X, y):
    model.train()
    loss = F.binary_cross_entropy_with_logits(model(X).reshape(-1), y.reshape(-1))
    gradients = torch.autograd.grad(loss, [layer.weight for layer in model.layers])
    return [gradient.abs().mean().item() for gradient in gradients]
