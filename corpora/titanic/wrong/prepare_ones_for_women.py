# what: takes the first dummy column (female) for male
# expect: prepare <3
# message: prepare "male"
# %% prepare
import pandas as pd


def prepare(passengers):
    known = passengers.dropna(subset=["Age"])
    male = known["Sex"].astype("category").cat.codes.map({0: 1, 1: 0})
    young = male * (known["Age"] < 5)
    return pd.DataFrame({"male": male, "Age": known["Age"], "is_young_male": young}), known["Survived"]
