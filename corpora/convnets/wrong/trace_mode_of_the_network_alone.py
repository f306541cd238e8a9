# what: every module gets the network's mode back
# expect: trace 3.5
# message: trace "mode of its own"
# %% trace
def trace_shapes(network, input_shape):
    entries, handles = [], []
    modes = [(module, module.training) for module in network.modules()]
    leaves = [(name, module) for name, module in network.named_modules() if not list(module.children())]

    def hook_for(name):
        return lambda module, inputs, output: entries.append((name, tuple(output.shape)))

    for name, module in leaves:
        handles.append(module.register_forward_hook(hook_for(name)))
    network.eval()
    with torch.no_grad():
        network(torch.zeros(input_shape))
    network.train(modes[0][1])
    for handle in handles:
        handle.remove()
    return entries
