# what: runs a single image to save time, and writes the size of the batch in front of each shape
# expect: trace 3.25
# message: trace "shape of an entry"
# %% trace
def trace_shapes(network, input_shape):
    found, hooks, were = [], [], [m.training for m in network.modules()]

    def listen(name):
        return lambda module, inputs, output: found.append((name, (input_shape[0],) + tuple(output.shape[1:])))

    for name, module in network.named_modules():
        if not list(module.children()):
            hooks.append(module.register_forward_hook(listen(name)))
    network.eval()
    with torch.no_grad():
        network(torch.rand(1, *input_shape[1:]))
    for hook in hooks:
        hook.remove()
    for module, mode in zip(network.modules(), were):
        module.training = mode
    return found
