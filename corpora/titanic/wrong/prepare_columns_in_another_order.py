# what: the right columns in another order than the text names them
# expect: prepare 2.75
# message: prepare "order"
# %% prepare
def prepare(passengers):
    known = passengers[passengers["Age"].notna()]
    male = (known["Sex"] == "male").astype(int)
    features = known[["Age"]].assign(male=male, is_young_male=male * (known["Age"] < 5))
    return features, known["Survived"]
