# what: under 5 read as 5 or under
# expect: prepare <3
# message: prepare "is_young_male"
# %% prepare
import pandas as pd


def prepare(passengers):
    known = passengers.dropna(subset=["Age"])
    male = (known["Sex"] == "male").astype(int)
    young = male * (known["Age"] <= 5)
    return pd.DataFrame({"male": male, "Age": known["Age"], "is_young_male": young}), known["Survived"]
