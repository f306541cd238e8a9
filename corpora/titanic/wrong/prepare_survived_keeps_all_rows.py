# what: drops rows from the features, forgets to drop them from the labels
# expect: prepare <3
# %% prepare
import pandas as pd


def prepare(passengers):
    male = (passengers["Sex"] == "male").astype(int)
    young = male * (passengers["Age"] < 5)
    table = pd.DataFrame({"male": male, "Age": passengers["Age"], "is_young_male": young})
    return table.dropna(), passengers["Survived"]
