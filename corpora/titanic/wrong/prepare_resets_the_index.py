# what: numbers the remaining passengers anew
# expect: prepare <3
# message: prepare "index"
# %% prepare
import pandas as pd


def prepare(passengers):
    known = passengers.dropna(subset=["Age"]).reset_index(drop=True)
    male = (known["Sex"] == "male").astype(int)
    young = male * (known["Age"] < 5)
    return pd.DataFrame({"male": male, "Age": known["Age"], "is_young_male": young}), known["Survived"]
