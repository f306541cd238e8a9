# what: a male or a young child: `|` where `&` belongs
# expect: prepare 2.5
# message: prepare "not `|`"
# %% prepare
def prepare(passengers):
    known = passengers.dropna(subset=["Age"])
    male = known["Sex"] == "male"
    features = pd.DataFrame(
        {
            "male": male.astype(float),
            "Age": known["Age"],
            "is_young_male": (male | (known["Age"] < 5)).astype(float),
        }
    )
    return features, known["Survived"]
