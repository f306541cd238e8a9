# what: drops rows and adds columns in the caller's own table
# expect: prepare <3
# %% prepare
def prepare(passengers):
    passengers.dropna(subset=["Age"], inplace=True)
    passengers["male"] = (passengers["Sex"] == "male").astype(int)
    passengers["is_young_male"] = passengers["male"] * (passengers["Age"] < 5)
    return passengers[["male", "Age", "is_young_male"]], passengers["Survived"]
