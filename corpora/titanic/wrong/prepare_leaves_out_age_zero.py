# what: keeps positive ages only: a baby of 0 years is left out, though its age is known
# expect: prepare 2.5
# %% prepare
import pandas as pd


def prepare(passengers):
    known = passengers[passengers["Age"].fillna(0) > 0]
    male = known["Sex"] == "male"
    boy = male & (known["Age"] < 5)
    features = pd.DataFrame({"male": male.astype(float), "Age": known["Age"], "is_young_male": boy.astype(float)})
    return features, known["Survived"]
