# what: features as a tensor, one-hot by comparison, loops over indices and slices of one

# %% features
def word_features(word):
    if len(word) == 0:
        raise ValueError("`word` is empty")
    letters = list(word.lower())
    return torch.tensor([(letters.count("a") + letters.count("o")) / len(letters), len(letters)])


# %% one-hot
def one_hot(words, vocabulary):
    return torch.tensor([[1.0 if w == v else 0.0 for v in vocabulary] for w in words])


# %% online
def train_online(model, xs, ys, loss_fn, optimizer, n_epochs):
    history = torch.zeros(n_epochs)
    for epoch in range(n_epochs):
        for i in range(len(xs)):
            predicted = model(xs[i : i + 1])
            loss = loss_fn(predicted, ys[i : i + 1])
            model.zero_grad()
            loss.backward()
            optimizer.step()
            history[epoch] += loss.detach() / len(xs)
    return history.tolist()
