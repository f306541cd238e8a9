# what: puts numbers in the place of the words in one column, which pandas 3 allows in a column of objects alone
# %% prepare
def prepare(passengers):
    df = passengers.dropna(subset=["Age"]).copy()
    df.loc[df["Sex"] == "male", "Sex"] = 1
    df.loc[df["Sex"] == "female", "Sex"] = 0
    df["male"] = df["Sex"].astype(int)
    df["is_young_male"] = 0
    df.loc[(df["male"] == 1) & (df["Age"] < 5), "is_young_male"] = 1
    return df[["male", "Age", "is_young_male"]], df["Survived"]
