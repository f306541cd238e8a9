# what: hooks on the network's children alone, also where these hold others
# expect: trace 2.25
# message: trace "holds others"
# %% trace
def trace_shapes(network, input_shape):
    entries, handles = [], []
    modes = [(module, module.training) for module in network.modules()]
    for name, module in network.named_children():

        def note(module, inputs, output, name=name):
            entries.append((name, tuple(output.shape)))

        handles.append(module.register_forward_hook(note))
    network.eval()
    with torch.no_grad():
        network(torch.zeros(input_shape))
    for handle in handles:
        handle.remove()
    for module, mode in modes:
        module.training = mode
    return entries
