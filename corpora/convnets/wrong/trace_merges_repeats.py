# what: one entry for a module that runs twice in a row
# expect: trace 3
# message: trace "runs twice"
# %% trace
def trace_shapes(network, input_shape):
    entries, handles = [], []
    modes = [(module, module.training) for module in network.modules()]
    for name, module in network.named_modules():
        if not list(module.children()):

            def note(module, inputs, output, name=name):
                if not entries or entries[-1][0] != name:
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
