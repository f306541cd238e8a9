# what: the backward pass with whole Jacobian matrices; compares itself with autograd in an extra cell
# %% backward-by-hand
def backward_by_hand(x, y, W1, b1, W2, b2):
    with torch.no_grad():
        z3 = torch.sigmoid(x @ W1 + b1)
        yhat = z3 @ W2 + b2
        row = (2 * (yhat - y)).reshape(1, 1)          # dl/dyhat
        row3 = row @ W2.T                             # (1, H)
        slope = z3 * (1 - z3)
        row2 = row3 @ torch.diag(slope) if len(z3) < 100 else row3 * slope
        return {
            "yhat": row[0], "y": -row[0], "b2": row[0].clone(), "z4": row[0].clone(),
            "W2": (row * z3).T, "z3": row3[0], "z2": row2[0], "b1": row2[0], "z1": row2[0],
            "W1": x.reshape(-1, 1) @ row2, "x": (row2 @ W1.T)[0],
        }

# %% extra after=backward-by-hand-tests
W = torch.randn(2, 3, requires_grad=True)
grads = backward_by_hand(torch.ones(2), torch.ones(1), W, torch.zeros(3), torch.ones(3, 1), torch.zeros(1))
loss = (torch.sigmoid(torch.ones(2) @ W).sum() - 1) ** 2
loss.backward()
print((W.grad - grads["W1"]).abs().max())
torch.set_grad_enabled(False)
torch.set_default_dtype(torch.float64)

# %% any-depth
def sigma(s):
    return 1 / (1 + torch.exp(-s))

def mlp_gradients(x, y, weights, biases):
    xs, ss = [x], []
    for k in range(len(weights)):
        ss.append(weights[k] @ xs[k] + biases[k])
        xs.append(sigma(ss[k]))
    dl_dx = (xs[-1] - y) / (xs[-1] - xs[-1] ** 2)
    gw, gb = [], []
    for k in range(len(weights) - 1, -1, -1):
        common = sigma(ss[k]) * (1 - sigma(ss[k])) * dl_dx
        gw.append(common[:, None] * xs[k][None, :])
        gb.append(common)
        dl_dx = sum(weights[k][j] * common[j] for j in range(len(common)))
    return gw[::-1], gb[::-1]
