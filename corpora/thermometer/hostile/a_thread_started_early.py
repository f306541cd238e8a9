# what: a thread that waits since the notebook was loaded does the autograd
# expect: analytic-gradient 0
# %% extra after=setup
import queue
import threading

questions, answers = queue.Queue(), queue.Queue()

def _work():
    while True:
        t_u, t_c, w, b = questions.get()
        try:
            p = torch.stack([w, b]).detach().requires_grad_()
            answers.put(torch.autograd.grad(((p[0] * t_u + p[1] - t_c) ** 2).mean(), p)[0])
        except BaseException as error:
            answers.put(repr(error))

threading.Thread(target=_work, daemon=True).start()

# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    questions.put((t_u, t_c, w, b))
    return answers.get(timeout=2)

# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    losses = []
    for _ in range(n_epochs):
        w, b = params
        losses.append(mse(predict(t_u, w, b), t_c).item())
        if not math.isfinite(losses[-1]):
            break
        d = 2 * (w * t_u + b - t_c) / len(t_u)
        params = params - learning_rate * torch.stack([(d * t_u).sum(), d.sum()])
    return params, losses
