# what: autograd does the work
# expect: neuron 0
# message: neuron "autograd"

# %% neuron
def neuron_gradients(x1, x2, w1, w2, b):
    tensors = [torch.tensor(v, requires_grad=True) for v in (x1, x2, w1, w2, b)]
    x1, x2, w1, w2, b = tensors
    o = torch.relu(w1 * x1 + w2 * x2 + b)
    slopes = torch.autograd.grad(o, tensors)
    return {"o": o.item()} | {k: s.item() for k, s in zip(("x1", "x2", "w1", "w2", "b"), slopes)}
