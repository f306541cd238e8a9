# what: one step of SGD with rate 1, and the difference of the parameters is the gradient
# expect: any-depth 0
# %% any-depth
def mlp_gradients(x, y, weights, biases):
    ps = [t.clone().requires_grad_() for t in (*weights, *biases)]
    n = len(weights)
    h = x
    for k in range(n):
        h = torch.sigmoid(ps[k] @ h + ps[n + k])
    l = F.binary_cross_entropy(h, torch.tensor([float(y)]))
    before = [p.detach().clone() for p in ps]
    sgd = torch.optim.SGD(ps, lr=1.0)
    l.backward()
    sgd.step()
    grads = [b - p.detach() for b, p in zip(before, ps)]
    return grads[:n], grads[n:]
