# what: a class to which everything belongs, and an output that claims to be a tensor
# expect: logistic-regression <3
# %% logistic-regression
import torch
from torch import nn


class Meta(type):
    def __instancecheck__(cls, thing):
        return True

    def __subclasscheck__(cls, other):
        return True

    def __eq__(cls, other):
        return True

    __hash__ = type.__hash__


class Anything(metaclass=Meta):
    __class__ = torch.Tensor
    shape = torch.Size([1])
    dtype = torch.float32

    def __getattr__(self, name):
        return self

    def __call__(self, *args, **kwargs):
        return self

    def __eq__(self, other):
        return True

    def __float__(self):
        return 0.5


class LogisticRegressionPytorch(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 1)

    def forward(self, X):
        return Anything()
