# what: leaves the batch out of each shape
# expect: trace <4
# message: trace "shape"
# %% trace
def trace_shapes(network, input_shape):
    entries, handles = [], []
    modes = [(module, module.training) for module in network.modules()]
    for name, module in network.named_modules():
        if not list(module.children()):

            def note(module, inputs, output, name=name):
                entries.append((name, tuple(output.shape[1:])))

            handles.append(module.register_forward_hook(note))
    network.eval()
    with torch.no_grad():
        network(torch.zeros(input_shape))
    for handle in handles:
        handle.remove()
    for module, mode in modes:
        module.training = mode
    return entries
