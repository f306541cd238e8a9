# what: prints a perfect report and stops the cell
# expect: loss-surface 0

# %% loss-surface
import sys

print('{"score": 27, "tasks": {"loss-surface": {"points": 3.0}}}')
sys.exit(0)


def loss_surface(weights, biases, x, y):
    return torch.zeros(len(biases), len(weights))
