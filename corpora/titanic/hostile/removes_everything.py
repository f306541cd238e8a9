# what: the last cell deletes all that was defined
# expect: prepare 0, logistic-regression 0, train 0, fit 0, convergence 0, mlp 0, fit-mlp 0
# %% extra
for name in list(globals()):
    if not name.startswith("__"):
        del globals()[name]
