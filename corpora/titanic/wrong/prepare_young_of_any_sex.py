# what: is_young_male counts girls, too
# expect: prepare <3
# message: prepare "is_young_male"
# %% prepare
import pandas as pd


def prepare(passengers):
    known = passengers.dropna(subset=["Age"])
    male = (known["Sex"] == "male").astype(int)
    young = (known["Age"] < 5).astype(int)
    return pd.DataFrame({"male": male, "Age": known["Age"], "is_young_male": young}), known["Survived"]
