# what: drops passengers with anything missing (a cabin, say), not just the age
# expect: prepare <3
# %% prepare
import pandas as pd


def prepare(passengers):
    known = passengers.dropna()
    male = (known["Sex"] == "male").astype(int)
    young = male * (known["Age"] < 5)
    return pd.DataFrame({"male": male, "Age": known["Age"], "is_young_male": young}), known["Survived"]
