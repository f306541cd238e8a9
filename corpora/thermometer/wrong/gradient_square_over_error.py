# what: twice the square over the error, which is 0 / 0 where a prediction is exactly right
# expect: analytic-gradient 1.5
# message: analytic-gradient "are NaN or infinite"
# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    error = predict(t_u, w, b) - t_c
    d_loss = 2 * error.square() / error / len(error)
    return torch.stack([(d_loss * t_u).sum(), d_loss.sum()])
