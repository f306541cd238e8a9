# what: a second process that is not forbidden anything
# expect: neuron 0

# %% neuron
import subprocess
import sys


def neuron_gradients(x1, x2, w1, w2, b):
    code = (
        "import torch\n"
        f"t = [torch.tensor(float(v), requires_grad=True) for v in {(x1, x2, w1, w2, b)}]\n"
        "o = torch.relu(t[2] * t[0] + t[3] * t[1] + t[4])\n"
        "print(o.item(), *[g.item() for g in torch.autograd.grad(o, t)])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    return dict(zip(("o", "x1", "x2", "w1", "w2", "b"), map(float, out.split())))
