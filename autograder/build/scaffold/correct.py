# what: column by column, in a loop
# %% center
def center(points):
    columns = [column - column.sum() / len(column) for column in points.T]
    return torch.stack(columns, dim=1)
