# what: torch.func, taken before it is forbidden; any depth by its vjp
# expect: backward-by-hand 0, any-depth 0
# %% extra after=setup
import torch.func as tf
gradient_function, pullback = tf.grad, tf.vjp

# %% backward-by-hand
def backward_by_hand(x, y, W1, b1, W2, b2):
    f = lambda x, y, W1, b1, W2, b2: ((torch.sigmoid(x @ W1 + b1) @ W2 + b2 - y) ** 2).sum()
    g = gradient_function(f, argnums=tuple(range(6)))(x, y, W1, b1, W2, b2)
    e = 2 * (torch.sigmoid(x @ W1 + b1) @ W2 + b2 - y)
    z3 = W2[:, 0] * e
    return dict(x=g[0], y=g[1], W1=g[2], b1=g[3], W2=g[4], b2=g[5], yhat=e, z4=e, z3=z3, z2=g[3], z1=g[3])

# %% any-depth
def mlp_gradients(x, y, weights, biases):
    def f(ws, bs):
        h = x
        for W, b in zip(ws, bs):
            h = torch.sigmoid(W @ h + b)
        return F.binary_cross_entropy(h, torch.tensor([float(y)]))

    _, back = pullback(f, list(weights), list(biases))
    return back(torch.tensor(1.0))
