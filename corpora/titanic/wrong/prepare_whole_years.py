# what: ages cut to whole years
# expect: prepare <=2.5
# message: prepare "`Age` are not"
# %% prepare
def prepare(passengers):
    known = passengers.dropna(subset=["Age"])
    male = known["Sex"] == "male"
    features = pd.DataFrame(
        {
            "male": male.astype(float),
            "Age": known["Age"].astype(int),
            "is_young_male": (male & (known["Age"] < 5)).astype(float),
        }
    )
    return features, known["Survived"]
