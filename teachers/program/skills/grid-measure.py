table = ink[top:bottom + 1, left:right + 1]

def rules(share):
    """Start and end of each run of pixel rows (or columns) that are nearly all ink."""
    full = np.concatenate([[False], share > 0.8, [False]])
    edges = np.flatnonzero(full[1:] != full[:-1])
    return list(zip(edges[::2], edges[1::2]))

horizontal = rules(table.mean(axis=1))
vertical = rules(table.mean(axis=0))
print(f'horizontal rules: {len(horizontal)}, at y =', [int(top + (a + b) // 2) for a, b in horizontal])
print(f'vertical rules: {len(vertical)}, at x =', [int(left + (a + b) // 2) for a, b in vertical])
print('heights of rows:', np.diff([a for a, _ in horizontal]).tolist())
print('widths of columns:', np.diff([a for a, _ in vertical]).tolist())
