# what: leaves the dummies as booleans, as pd.get_dummies gives them today
# expect: prepare <3
# message: prepare "bool"
# %% prepare
import pandas as pd


def prepare(passengers):
    known = passengers.dropna(subset=["Age"])
    male = known["Sex"] == "male"
    young = male & (known["Age"] < 5)
    return pd.DataFrame({"male": male, "Age": known["Age"], "is_young_male": young}), known["Survived"]
