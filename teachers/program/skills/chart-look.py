import cv2
import numpy as np

rgb = np.array(image_1.convert('RGB')).astype(int)
height, width = rgb.shape[:2]
dark = 255 - rgb.min(axis=2)
coloured = rgb.max(axis=2) - rgb.min(axis=2) > 40

def longest_run(line):
    """Length of the longest unbroken run of ink: nothing in a chart is as long as its axes and its frame."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], line, [0]])))
    return (edges[1::2] - edges[::2]).max(initial=0)

ink = (dark > 12).astype(int)
rows = np.array([longest_run(ink[y]) for y in range(height)])
columns = np.array([longest_run(ink[:, x]) for x in range(width)])
top, bottom = np.flatnonzero(rows > 0.95 * rows.max())[[0, -1]]
left, right = np.flatnonzero(columns > 0.95 * columns.max())[[0, -1]]
print(f'size {width}x{height}, plot area x {left}-{right}, y {top}-{bottom}')

def ticks(outside, first, last):
    """Centres of the short strokes that stand on an axis, weighted by how dark they are."""
    strokes = np.flatnonzero(outside > 40)
    strokes = strokes[(strokes >= first - 1) & (strokes <= last + 1)]
    runs = np.split(strokes, np.flatnonzero(np.diff(strokes) > 1) + 1)
    return [float(np.average(run, weights=outside[run])) for run in runs if len(run)]

y_ticks = ticks(dark[:, left - 4:left - 1].min(axis=1), top, bottom)
x_ticks = ticks(dark[bottom + 2:bottom + 5].min(axis=0), left, right)
print(f'{len(y_ticks)} ticks on the vertical axis, {len(x_ticks)} on the horizontal axis')

inside = np.zeros_like(coloured)
inside[top:bottom, left + 1:right + 1] = True
found, counts = np.unique(rgb[coloured & inside], axis=0, return_counts=True)
colours = []
for colour, n in sorted(zip(found, counts), key=lambda pair: -pair[1]):
    # The pale pixels at an edge are mixes of a colour with white: they lie in its direction, seen from white.
    mixed = any(np.dot(255 - colour, 255 - c) > 0.99 * np.linalg.norm(255 - colour) * np.linalg.norm(255 - c) for c in colours)
    if n > 0.04 * counts.sum() and not mixed:
        colours.append(colour)
marks = (coloured & inside).astype(np.uint8)
thickest = cv2.distanceTransform(marks, cv2.DIST_L2, 5).max()
# Upright bars rest on the bottom, so no pixel of them hangs in the air; lying ones all begin at the left.
hanging = (marks[top:bottom - 1] > marks[top + 1:bottom]).sum()
loose = (marks[:, left + 2:right] > marks[:, left + 1:right - 1]).sum()
kind = 'lines' if thickest < 8 else 'vertical bars' if hanging < loose else 'horizontal bars'
print(f'marks: {kind} in {len(colours)} colours', [tuple(c.tolist()) for c in colours])
