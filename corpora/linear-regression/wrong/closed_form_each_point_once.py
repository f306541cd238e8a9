# what: points that are there twice are counted once
# expect: closed-form 0.75
# %% closed-form
def least_squares(X, y):
    points = torch.tensor(sorted(set(map(tuple, torch.cat([X, y[:, None]], dim=1).tolist()))))
    table = torch.cat([points[:, :-1], torch.ones(len(points), 1)], dim=1)
    answer = torch.linalg.lstsq(table, points[:, -1:]).solution[:, 0]
    return answer[:-1], answer[-1]
