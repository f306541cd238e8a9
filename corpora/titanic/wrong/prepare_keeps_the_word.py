# what: the column Sex is still among the features
# expect: prepare 2..2.75
# message: prepare "yours are"
# %% prepare
def prepare(passengers):
    known = passengers.dropna(subset=["Age"])
    male = known["Sex"] == "male"
    features = pd.DataFrame(
        {
            "male": male.astype(float),
            "Age": known["Age"],
            "is_young_male": (male & (known["Age"] < 5)).astype(float),
        }
    )
    return features.assign(Sex=known["Sex"]), known["Survived"]
