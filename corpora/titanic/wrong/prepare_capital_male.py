# what: a column called Male
# expect: prepare 2.75
# message: prepare "yours are"
# %% prepare
def prepare(passengers):
    known = passengers.dropna(subset=["Age"])
    male = known["Sex"] == "male"
    features = pd.DataFrame(
        {
            "Male": male.astype(float),
            "Age": known["Age"],
            "is_young_male": (male & (known["Age"] < 5)).astype(float),
        }
    )
    return features, known["Survived"]
