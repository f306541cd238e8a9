# what: an extra cell reads a table into `train`, as on Kaggle; imports stand below a file that is not there
# message: train "`train` was replaced by a later cell (extra cell 2)"

# %% extra after=load-data
kaggle = pd.read_csv("/kaggle/input/titanic/train.csv")
from math import sqrt

# %% extra
train = passengers.copy()
test = train.sample(10)
