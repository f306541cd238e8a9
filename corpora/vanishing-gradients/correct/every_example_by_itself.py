# what: reads "averaged over the examples" as the mean of the absolute gradients of single examples

# %% probe
def gradient_profile(model, X, y):
    total = [0.0] * len(model.layers)
    for x, target in zip(X, y.reshape(-1)):
        logit = model(x.unsqueeze(0)).reshape(())
        loss = F.binary_cross_entropy_with_logits(logit, target)
        gradients = torch.autograd.grad(loss, [layer.weight for layer in model.layers])
        for k, gradient in enumerate(gradients):
            total[k] += gradient.abs().mean().item()
    return [value / len(X) for value in total]
