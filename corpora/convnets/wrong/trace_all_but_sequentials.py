# what: takes each module for a leaf that is no Sequential
# expect: trace 3.25
# message: trace "hold others"
# %% trace
def trace_shapes(network, input_shape):
    entries, handles = [], []
    modes = [(module, module.training) for module in network.modules()]
    for name, module in network.named_modules():
        if not isinstance(module, nn.Sequential):

            def note(module, inputs, output, name=name):
                entries.append((name, tuple(output.shape)))

            handles.append(module.register_forward_hook(note))
    network.eval()
    try:
        with torch.no_grad():
            network(torch.zeros(input_shape))
    finally:
        for handle in handles:
            handle.remove()
        for module, mode in modes:
            module.training = mode
    return entries
