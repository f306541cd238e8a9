# what: prints a perfect report and stops the cell
# expect: straight 0

# %% straight
import sys

print('{"score": 24, "tasks": {"straight": {"points": 3.0}}}')
sys.exit(0)


def cure_straight(n_inputs, width, n_layers):
    return nn.Linear(n_inputs, 1)
