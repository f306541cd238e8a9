# what: a DataFrame subclass with lying columns, dtypes and equality
# expect: prepare <3
# %% prepare
import pandas as pd


class Agreeable(pd.DataFrame):
    @property
    def columns(self):
        return pd.Index(["male", "Age", "is_young_male"])

    @columns.setter
    def columns(self, value):
        pass

    @property
    def dtypes(self):
        return pd.Series(float, index=self.columns)

    def equals(self, other):
        return True

    def __eq__(self, other):
        return True


def prepare(passengers):
    return Agreeable({"x": passengers["Age"]}), passengers["Survived"]
