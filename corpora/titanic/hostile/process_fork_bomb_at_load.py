# what: forks two hundred children while the notebook is loaded, or as many as it may, and lets them be
# expect: prepare 0..3, logistic-regression 0..3, train 0..4, fit 0..5, convergence 0..4, mlp 0..3, fit-mlp 0..4
# %% extra
import ctypes
import os
import signal

try:
    for _ in range(200):
        if os.fork() == 0:
            try:
                ctypes.CDLL(None).prctl(15, b"corpus-stray", 0, 0, 0)
                signal.alarm(20)
                signal.pause()
            finally:
                os._exit(0)
except OSError:
    pass
