# what: ends its process with a claim of full marks, and prints a report of its own
# expect: train-epoch 0, output-size 0
# message: train-epoch "ended the process"
# %% train-epoch
import json
import os
import sys


def train_epoch(network, loader, optimizer, device):
    print(json.dumps({"score": 100.0, "max_score": 100.0, "outcome": "passed"}), flush=True)
    os._exit(0)
# %% output-size
def output_size(n, kernel_size, stride=1, padding=0):
    raise SystemExit(0)
