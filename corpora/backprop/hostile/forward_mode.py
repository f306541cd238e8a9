# what: forward-mode differentiation with dual numbers, one direction at a time
# expect: any-depth <=0.5
# %% any-depth
import torch.autograd.forward_ad as fwAD

def mlp_gradients(x, y, weights, biases):
    everything = [*weights, *biases]
    grads = [torch.zeros_like(t) for t in everything]
    for t, g in zip(everything, grads):
        for i in range(t.numel()):
            direction = torch.zeros_like(t)
            direction.view(-1)[i] = 1
            with fwAD.dual_level():
                use = [fwAD.make_dual(u, direction) if u is t else u for u in everything]
                h = x
                for k in range(len(weights)):
                    h = torch.sigmoid(use[k] @ h + use[len(weights) + k])
                l = F.binary_cross_entropy(h, torch.tensor([float(y)]))
                g.view(-1)[i] = fwAD.unpack_dual(l).tangent
    return grads[: len(weights)], grads[len(weights) :]
