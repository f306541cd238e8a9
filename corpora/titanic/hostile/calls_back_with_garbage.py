# what: calls what it was given in every wrong way before it answers wrongly
# expect: convergence <4
# %% convergence
def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    for arguments in [(), (None,), (object(),), ([],), ("exit",), (make_optimizer,), (X, y, 3), ([float("nan")],)]:
        for _ in range(20):
            try:
                make_optimizer(*arguments)
            except BaseException:
                continue
    return -1
