# what: clears all hooks of each module, others' too
# expect: trace 3.5
# message: trace "was there before the trace is gone"
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
    with torch.no_grad():
        network(torch.zeros(input_shape))
    for module in network.modules():
        module._forward_hooks.clear()
    for module, mode in modes:
        module.training = mode
    return entries
