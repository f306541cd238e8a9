# what: prints two hundred megabytes in a call
# expect: prepare 0
# %% prepare
import os
import sys


def flood():
    line = "x" * 100_000
    for _ in range(1000):
        print(line)
        sys.stderr.write(line)
    os.write(1, b"y" * 1_000_000)


def prepare(passengers):
    flood()
    known = passengers.dropna(subset=["Age"])
    male = (known["Sex"] == "male").astype(float)
    young = male * (known["Age"] < 5)
    features = pd.DataFrame({"male": male, "Age": known["Age"], "is_young_male": young})
    return features, known["Survived"]
