# what: prints a perfect report and leaves
# expect: mlp 0

# %% mlp
import sys

print('{"score": 29, "tasks": {"mlp": {"points": 3.0}}}')
sys.exit(0)


class MultilayerPerceptron(nn.Module):
    pass
