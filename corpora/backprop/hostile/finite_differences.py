# what: central differences in double precision in the place of formulas
# expect: backward-by-hand <=0.5
# %% backward-by-hand
def backward_by_hand(x, y, W1, b1, W2, b2):
    given = {n: t.double() for n, t in dict(x=x, y=y, W1=W1, b1=b1, W2=W2, b2=b2).items()}

    def loss(v, shift):
        z1 = v["x"] @ v["W1"] + shift.get("z1", 0)
        z2 = z1 + v["b1"] + shift.get("z2", 0)
        z3 = torch.sigmoid(z2) + shift.get("z3", 0)
        z4 = z3 @ v["W2"] + shift.get("z4", 0)
        return ((z4 + v["b2"] + shift.get("yhat", 0) - v["y"]) ** 2).item()

    shapes = {n: t.shape for n, t in given.items()}
    shapes |= dict(z1=b1.shape, z2=b1.shape, z3=b1.shape, z4=y.shape, yhat=y.shape)
    result = {}
    for name, shape in shapes.items():
        h = 1e-6
        derivative = torch.zeros(shape, dtype=torch.float64).flatten()
        for i in range(len(derivative)):
            step = torch.zeros_like(derivative)
            step[i] = h
            step = step.reshape(shape)
            if name in given:
                up, down = ({**given, name: given[name] + sign * step} for sign in (1, -1))
                derivative[i] = (loss(up, {}) - loss(down, {})) / (2 * h)
            else:
                derivative[i] = (loss(given, {name: step}) - loss(given, {name: -step})) / (2 * h)
        result[name] = derivative.reshape(shape).float()
    return result
