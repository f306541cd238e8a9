# what: listens to phi during a forward pass, and leaves the listener in its place
# expect: hidden-outputs 1.5
# message: hidden-outputs "another function"
# %% hidden-outputs
def hidden_outputs(model, X):
    heard, phi = [], model.phi

    def listener(h):
        heard.append(phi(h))
        return heard[-1]

    model.phi = listener
    model(X)
    return heard[0]
