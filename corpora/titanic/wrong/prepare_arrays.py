# what: NumPy arrays in place of the tables
# expect: prepare 2.5
# message: prepare "should be a DataFrame"
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
    return features.to_numpy(), known["Survived"].to_numpy()
