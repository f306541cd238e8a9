# what: the mean of the gradients of batches of 64, of which the last is shorter
# expect: analytic-gradient 1.5
# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    rows = []
    for start in range(0, len(t_u), 64):
        u = t_u[start : start + 64]
        error = predict(u, w, b) - t_c[start : start + 64]
        rows.append(torch.stack([2 * (error * u).mean(), 2 * error.mean()]))
    return torch.stack(rows).mean(dim=0)
