# what: lists of numbers and arrays, each below every limit and together too much; a list that holds one array a thousand times
# expect: any-depth <=0.5
# %% any-depth
def mlp_gradients(x, y, weights, biases):
    big = torch.zeros(1 << 20, dtype=torch.uint8)
    return [big] * 50, [[0.0] * 100_000]
