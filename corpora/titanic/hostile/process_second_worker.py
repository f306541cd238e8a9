# what: forks while the notebook is loaded and lets both processes answer the judge
# expect: prepare 0..3, logistic-regression 0..3, train 0..4, fit 0..5, convergence 0..4, mlp 0..3, fit-mlp 0..4
# %% extra
import os
import signal

try:
    if os.fork() == 0:
        signal.alarm(30)
except OSError:
    pass
