# what: any depth as a recursion, tuples returned; the layers of the MLP kept in lists beside their registered names
# %% mlp
class MLP(nn.Module):
    def __init__(self, sizes, phi=torch.sigmoid):
        super(MLP, self).__init__()
        self.phi, self.W, self.b = phi, [], []
        for i in range(1, len(sizes)):
            self.W.append(nn.Parameter(torch.randn(sizes[i - 1], sizes[i])))
            self.b.append(nn.Parameter(torch.randn(sizes[i])))
            self.register_parameter(f"{i - 1}_weight", self.W[-1])
            self.register_parameter(f"{i - 1}_bias", self.b[-1])

    def num_layers(self):
        return len(self.W)

    def forward(self, x):
        for i, (W, b) in enumerate(zip(self.W, self.b)):
            x = torch.einsum("...i,ij->...j", x, W) + b
            x = self.phi(x) if i + 1 < len(self.W) else x
        return x

# %% hidden-outputs
def hidden_outputs(model, X):
    first = MLP([X.shape[1], len(model.b[0])])
    first.W, first.b = model.W[:1], model.b[:1]
    return model.phi(first(X))

# %% any-depth
def mlp_gradients(x, y, weights, biases):
    def back(x, weights, biases):
        if not weights:
            return (x - y) / (x * (1 - x)), (), ()
        out = 1 / (1 + torch.exp(-(weights[0] @ x + biases[0])))
        d_out, gw, gb = back(out, weights[1:], biases[1:])
        d_s = d_out * out * (1 - out)
        return weights[0].t() @ d_s, (d_s.unsqueeze(1) @ x.unsqueeze(0), *gw), (d_s, *gb)

    _, weight_grads, bias_grads = back(x, list(weights), list(biases))
    return weight_grads, bias_grads
