# what: the central differences of the task before, exact for a quadratic until rounding sets in
# expect: analytic-gradient 2.5
# message: analytic-gradient "differences"
# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    return numerical_gradient(lambda p: mse(predict(t_u, *p), t_c), torch.stack([w, b]))
