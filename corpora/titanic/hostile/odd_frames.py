# what: two columns of one name, an index of tuples, text that no encoding takes
# expect: prepare <3
# %% prepare
import pandas as pd


def prepare(passengers):
    n = len(passengers)
    columns = pd.MultiIndex.from_tuples([("male", 1), ("male", 1), ("Age", "\ud800")])
    frame = pd.DataFrame([[1, 2, object()]] * n, columns=columns, index=pd.MultiIndex.from_product([[1], range(n)]))
    return frame, pd.Series([passengers] * n)
