# what: nothing but the three last tasks: train is judged with the reference models
# expect: manual 0, semi 0, auto 0, train 4

# %% manual
class LinearRegressionManual:
    pass


# %% semi
LinearRegressionSemi = None


# %% auto
raise RuntimeError("lost")
