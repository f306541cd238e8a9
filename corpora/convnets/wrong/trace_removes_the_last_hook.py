# what: only the last hook is removed
# expect: trace 3.5
# message: trace "left on the network"
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
    for module, mode in modes:
        module.training = mode
    handles[-1].remove()
    return entries
