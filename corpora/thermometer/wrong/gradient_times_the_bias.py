# what: dL/db is multiplied by b, as if the derivative of the line by b were b and not 1
# expect: analytic-gradient 2.25
# message: analytic-gradient "This is multiplied by b"
# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    total_w, total_b = 0.0, 0.0
    n = len(t_u)
    for u, c in zip(t_u, t_c):
        d = 2 * (w * u + b - c) / n
        total_w = total_w + d * u
        total_b = total_b + d * b
    return torch.stack([total_w, total_b])
