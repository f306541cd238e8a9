# what: prints a perfect report and stops the cell
# expect: decay 0

# %% decay
import sys

print('{"score": 25, "tasks": {"decay": {"points": 3.0}}}')
sys.exit(0)


def decay_per_layer(profile):
    return 1.0
