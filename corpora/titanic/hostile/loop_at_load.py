# what: a cell that never ends, before the network is defined
# expect: mlp 0
# %% mlp
while True:
    pass
