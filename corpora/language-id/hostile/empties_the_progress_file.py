# what: empties the file in which the worker notes its statement, and ends
# expect: features 0
# %% features
import os, stat
for fd in range(3, 1000):
    try:
        s = os.fstat(fd)
    except OSError:
        continue
    if stat.S_ISREG(s.st_mode) and s.st_size == 4:
        os.ftruncate(fd, 0)
        os._exit(0)
def word_features(word): raise ValueError(1)
