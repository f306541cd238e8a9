# what: numbers, texts and tensors under the names of functions
# expect: linear-model 0, numerical-gradient 0, analytic-gradient 0, descent 0, autograd-descent 0, optimizer 0, network 0, dataset 0
# message: descent "should be a function"
# %% linear-model
predict, mse = 5, "the mean"

# %% numerical-gradient
numerical_gradient = torch.zeros(2)

# %% analytic-gradient
gradient = None

# %% descent
descend = [1, 2, 3]

# %% autograd-descent
descend_autograd = {"params": 1}

# %% optimizer
train = torch.float32

# %% network
make_network = True

# %% dataset
Readings = ()
