top, bottom = ys.min(), ys.max()
reach = max(2, round(0.04 * (bottom - top)))

def centres(band):
    """Middle of each run of columns that have ink in a band of rows; small gaps are bridged."""
    columns = np.flatnonzero(band.any(axis=0))
    runs = np.split(columns, np.flatnonzero(np.diff(columns) > reach + 1) + 1)
    return [int((run[0] + run[-1]) // 2) for run in runs]

tops = centres(ink[top:top + reach + 1])
bottoms = centres(ink[bottom - reach:bottom + 1])
positions = []
for x in sorted(tops + bottoms):
    if not positions or x - positions[-1] > 0.1 * (bottom - top):
        positions.append(x)
print(f'tops: {len(tops)}, at x = {tops}')
print(f'bottoms: {len(bottoms)}, at x = {bottoms}')
print(f'different positions: {len(positions)}')
