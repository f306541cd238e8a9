# what: torch.func and jacobians, taken before they are forbidden
# expect: analytic-gradient 0, descent 0
# %% extra after=setup
import torch.func as tf
gradient_function = tf.grad
jacobian = torch.autograd.functional.jacobian

# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    return gradient_function(lambda p: ((p[0] * t_u + p[1] - t_c) ** 2).mean())(torch.stack([w, b]))

# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    losses = []
    for _ in range(n_epochs):
        f = lambda p: ((p[0] * t_u + p[1] - t_c) ** 2).mean()
        losses.append(f(params).item())
        if not math.isfinite(losses[-1]):
            break
        params = params - learning_rate * jacobian(f, params)
    return params, losses
