# what: takes the gradient of scikit-learn's linear loss, and the steps of its optimizer
# expect: analytic-gradient 0, descent 0

# %% analytic-gradient
import torch, numpy as np
from sklearn.linear_model._linear_loss import LinearModelLoss
from sklearn._loss import HalfSquaredError


def gradient(t_u, t_c, w, b):
    loss = LinearModelLoss(base_loss=HalfSquaredError(), fit_intercept=True)
    g = loss.gradient(np.array([float(w), float(b)]), t_u.double().numpy()[:, None], t_c.double().numpy())
    return torch.tensor(2 * g).float()


# %% descent
from sklearn.neural_network._stochastic_optimizers import SGDOptimizer


def descend(t_u, t_c, params, learning_rate, n_epochs):
    p = params.clone()
    v = p.numpy()
    sgd = SGDOptimizer([v], learning_rate_init=learning_rate, momentum=0.0, nesterov=False)
    losses = []
    for _ in range(n_epochs):
        l = float(((p[0] * t_u + p[1] - t_c) ** 2).mean())
        losses.append(l)
        if not l < float("inf"):
            break
        sgd.update_params([v], [gradient(t_u, t_c, p[0], p[1]).numpy()])
    return p, losses
