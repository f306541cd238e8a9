# what: empties the worker's operation that forbids, answers the judge's probe itself, and uses autograd by hand
# expect: analytic-gradient 0
# %% analytic-gradient
import gc

for thing in gc.get_objects():
    if isinstance(thing, dict) and "forbid" in thing and "define" in thing:
        define = thing["define"]
        thing["forbid"] = lambda *args, **kwargs: None
        thing["define"] = lambda source, name: (lambda: 0) if name == "probe" else define(source, name)


def gradient(t_u, t_c, w, b):
    p = torch.stack([w.reshape(()), b.reshape(())]).detach().requires_grad_()
    ((p[0] * t_u + p[1] - t_c) ** 2).mean().backward()
    return p.grad
