# what: works only for a table that has a column `Cabin`
# expect: prepare 2.5
# message: prepare "any table with these three"
# %% prepare
import pandas as pd


def prepare(passengers):
    known = passengers.drop(columns=["Cabin"]).dropna(subset=["Age"])
    male = (known["Sex"] == "male").astype(float)
    young = male * (known["Age"] < 5)
    return pd.DataFrame({"male": male, "Age": known["Age"], "is_young_male": young}), known["Survived"]
