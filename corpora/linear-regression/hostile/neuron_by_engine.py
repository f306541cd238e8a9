# what: the engine beneath autograd
# expect: neuron 0

# %% neuron
engine = torch.autograd.Variable._execution_engine


def neuron_gradients(x1, x2, w1, w2, b):
    tensors = [torch.tensor(v, requires_grad=True) for v in (x1, x2, w1, w2, b)]
    x1, x2, w1, w2, b = tensors
    o = torch.relu(w1 * x1 + w2 * x2 + b)
    slopes = engine.run_backward((o,), (torch.tensor(1.0),), False, False, tuple(tensors), allow_unreachable=True, accumulate_grad=False)
    return {"o": o.item()} | {k: s.item() for k, s in zip(("x1", "x2", "w1", "w2", "b"), slopes)}
