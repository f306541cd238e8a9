# what: makes as many logits as it finds different labels
# expect: accuracy 4.5
# message: accuracy "10 logits"
# %% accuracy
def train_classifier(images, labels, seed, device="cpu"):
    torch.manual_seed(seed)
    shuffle = torch.Generator().manual_seed(seed)
    body = make_network(width=6)
    body[-1] = nn.Linear(body[-1].in_features, len(labels.unique()))
    body.to(device)
    optimizer = make_optimizer(body, 4e-3, 0.02)
    for _ in range(8):
        train_epoch(body, images.to(device), labels.to(device), optimizer, shuffle)
    return body.eval()
