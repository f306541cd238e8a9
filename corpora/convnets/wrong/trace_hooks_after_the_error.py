# what: only the modes are set back in `finally`: where the network raises an error, the hooks stay
# expect: trace 3.5
# message: trace "where it raised an error"
# %% trace
def trace_shapes(network, input_shape):
    entries, handles = [], []
    modes = [(module, module.training) for module in network.modules()]
    for name, module in network.named_modules():
        if not list(module.children()):

            def note(module, inputs, output, name=name):
                entries.append((name, tuple(output.shape)))

            handles.append(module.register_forward_hook(note))
    network.eval()
    try:
        with torch.no_grad():
            network(torch.zeros(input_shape))
    finally:
        for module, mode in modes:
            module.training = mode
    for handle in handles:
        handle.remove()
    return entries
