# what: lets MLPClassifier and MLPRegressor of scikit-learn propagate backward
# expect: any-depth 0, backward-by-hand 0

# %% any-depth
import numpy as np
from sklearn.neural_network import MLPClassifier


def mlp_gradients(x, y, weights, biases):
    m = MLPClassifier(activation="logistic", alpha=0.0)
    m.loss, m.out_activation_ = "log_loss", "logistic"
    m.coefs_ = [w.double().numpy().T for w in weights]
    m.intercepts_ = [b.double().numpy() for b in biases]
    m.n_layers_ = len(weights) + 1
    n = len(weights)
    acts = [x.double().numpy()[None]] + [None] * n
    _, cw, cb = m._backprop(acts[0], np.array([[float(y)]]), None, acts, [None] * n, [None] * n, [None] * n)
    return [torch.tensor(g.T).float() for g in cw], [torch.tensor(g).float() for g in cb]


# %% backward-by-hand
from sklearn.neural_network import MLPRegressor


def backward_by_hand(x, y, W1, b1, W2, b2):
    m = MLPRegressor(activation="logistic", alpha=0.0)
    m.loss, m.out_activation_ = "squared_error", "identity"
    m.coefs_ = [W1.double().numpy(), W2.double().numpy()]
    m.intercepts_ = [b1.double().numpy(), b2.double().numpy()]
    m.n_layers_ = 3
    acts = [x.double().numpy()[None], None, None]
    d = [None, None]
    _, cw, cb = m._backprop(acts[0], y.double().numpy()[None], None, acts, d, [None] * 2, [None] * 2)
    t = lambda a: 2 * torch.tensor(a).float()
    yhat, b2_, W2_, z1 = t(d[1][0]), t(cb[1]), t(cw[1]), t(d[0][0])
    z3 = t(d[1] @ m.coefs_[1].T)[0]
    return dict(yhat=yhat, y=-yhat, b2=b2_, z4=yhat.clone(), W2=W2_, z3=z3, z2=z1.clone(), b1=t(cb[0]), z1=z1,
                W1=t(cw[0]), x=t(d[0] @ m.coefs_[0].T)[0])
