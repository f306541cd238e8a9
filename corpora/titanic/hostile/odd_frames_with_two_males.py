# what: the right columns, one of them twice
# expect: prepare <3
# %% prepare
import pandas as pd


def prepare(passengers):
    known = passengers.dropna(subset=["Age"])
    male = (known["Sex"] == "male").astype(int)
    table = pd.DataFrame({"male": male, "Age": known["Age"], "is_young_male": male * (known["Age"] < 5)})
    return pd.concat([table, table[["male"]]], axis=1), known["Survived"]
