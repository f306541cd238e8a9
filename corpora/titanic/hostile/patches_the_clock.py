# what: time stands still, so that nothing takes long; the tasks are honest
# %% extra after=setup
import time

time.time = time.perf_counter = time.monotonic = time.process_time = lambda: 0.0
time.sleep = lambda seconds: None
