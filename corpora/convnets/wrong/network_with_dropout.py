# what: a dropout that the task does not list
# expect: network 3.75
# message: network "in train mode"
# %% network
class Network(nn.Module):
    def __init__(self,n_classes=10):
        super().__init__()
        self.conv1=nn.Conv2d(1,6,5); self.conv2=nn.Conv2d(6,12,5); self.drop=nn.Dropout(0.2)
        self.fc1=nn.Linear(192,120); self.fc2=nn.Linear(120,60); self.fc3=nn.Linear(60,n_classes)
    def forward(self,x):
        x=F.max_pool2d(F.relu(self.conv1(x)),2)
        x=F.max_pool2d(F.relu(self.conv2(x)),2)
        return self.fc3(self.drop(self.fc2(self.fc1(x.flatten(1)).relu()).relu()))
