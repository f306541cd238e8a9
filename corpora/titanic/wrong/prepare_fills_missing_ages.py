# what: fills unknown ages with the mean instead of dropping the passengers
# expect: prepare <3
# %% prepare
import pandas as pd


def prepare(passengers):
    age = passengers["Age"].fillna(passengers["Age"].mean())
    male = (passengers["Sex"] == "male").astype(int)
    young = ((male == 1) & (age < 5)).astype(int)
    return pd.DataFrame({"male": male, "Age": age, "is_young_male": young}), passengers["Survived"]
