# what: looks for the words by their dtype, `object`, as notebooks written for pandas 2 do
# %% prepare
def prepare(passengers):
    df = passengers[["Sex", "Age", "Survived"]].dropna(subset=["Age"]).copy()
    for column in df.columns:
        if df[column].dtype == "O":
            df[column] = df[column].map({"male": 1, "female": 0})
    df = df.rename(columns={"Sex": "male"})
    df["is_young_male"] = ((df["male"] == 1) & (df["Age"] < 5)).astype(int)
    return df[["male", "Age", "is_young_male"]], df["Survived"]
