# what: sets modes back with `train`, which reaches what is inside: a module in two places gets another's mode
# expect: trace 3.5
# message: trace "in two places"
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
        for handle in handles:
            handle.remove()
        for module, mode in modes:
            module.train(mode)
    return entries
