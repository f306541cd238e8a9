# what: an unknown age becomes 0
# expect: prepare <=2.5
# message: prepare "filled in"
# %% prepare
def prepare(passengers):
    known = passengers.fillna({"Age": 0})
    male = known["Sex"] == "male"
    features = pd.DataFrame(
        {
            "male": male.astype(float),
            "Age": known["Age"],
            "is_young_male": (male & (known["Age"] < 5)).astype(float),
        }
    )
    return features, known["Survived"]
