# what: as public notebooks do it: a copy, zero_grad, backward, and the weights of named_parameters
# %% probe
import copy


def gradient_profile(model, X, y):
    net = copy.deepcopy(model)
    net.train()
    net.zero_grad()
    out = net(X).squeeze()
    criterion = nn.BCEWithLogitsLoss()
    criterion(out, y.squeeze().float()).backward()
    ave_grads = []
    for layer in net.layers:
        for n, p in layer.named_parameters():
            if p.requires_grad and "bias" not in n:
                ave_grads.append(p.grad.abs().mean().cpu().item())
    return ave_grads
# %% initialize
def initialize(model, scheme, seed):
    torch.manual_seed(seed)

    def init_weights(m):
        if isinstance(m, nn.Linear):
            if scheme == "xavier":
                nn.init.xavier_normal_(m.weight)
            elif scheme == "he":
                nn.init.kaiming_uniform_(m.weight, nonlinearity="relu")
            else:
                nn.init.normal_(m.weight, mean=0.0, std=scheme)
            nn.init.zeros_(m.bias)

    model.apply(init_weights)
# %% decay
import numpy as np

def decay_per_layer(profile):
    ratios = [a / b for a, b in zip(profile[:-1], profile[1:])]
    return float(np.exp(np.mean(np.log(ratios))))
