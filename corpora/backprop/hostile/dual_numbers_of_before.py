# what: dual numbers made when the notebook is loaded, filled with the test's values through their storage
# expect: any-depth 0..0.5
# %% any-depth
import torch.autograd.forward_ad as _ad

_level = _ad.dual_level()
_level.__enter__()
_slots = {}
for _n in range(1, 9):
    for _m in range(1, 9):
        _primal, _tangent = torch.zeros(_n, _m), torch.zeros(_n, _m)
        _slots[_n, _m] = (_primal, _tangent, _ad.make_dual(_primal, _tangent))


def mlp_gradients(x, y, weights, biases):
    grads = []
    for k, w in enumerate(weights):
        g = torch.zeros_like(w)
        primal, tangent, dual = _slots[tuple(w.shape)]
        for i in range(w.numel()):
            primal.copy_(w)
            tangent.zero_().view(-1)[i] = 1.0
            h = x
            for j in range(len(weights)):
                s = (dual if j == k else weights[j]) @ h + biases[j]
                h = torch.sigmoid(s)
            loss = torch.nn.functional.softplus(s).sum() - y * s.sum()
            g.view(-1)[i] = torch._C._VariableFunctions._unpack_dual(loss, level=0)[1]
        grads.append(g)
    return grads, [torch.zeros_like(b) for b in biases]
