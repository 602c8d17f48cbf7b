import itertools
import re

across = kind == 'horizontal bars'
value_ticks, value_text = (x_ticks, x_text) if across else (y_ticks, y_text)
category_ticks, category_text = (y_ticks, y_text) if across else (x_ticks, x_text)

def number(text):
    digits = re.sub(r'[^\d.-]', '', text.replace('O', '0').replace('o', '0').replace('−', '-').replace('–', '-'))
    return float(digits) if re.fullmatch(r'-?\d+(\.\d+)?', digits) else None

# The scale is linear. Of all lines through two ticks, the one that most labels agree with is not misled by a misread one.
known = [(t, number(text)) for t, text in zip(value_ticks, value_text) if number(text) is not None]
agreeing = []
for (t0, v0), (t1, v1) in itertools.combinations(known, 2):
    slope = (v1 - v0) / (t1 - t0)
    if slope != 0 and (slope > 0) == across:
        near = [(t, v) for t, v in known if abs(v0 + slope * (t - t0) - v) < 2 * abs(slope)]
        agreeing = max(agreeing, near, key=len)
slope, start = np.polyfit(*zip(*agreeing), 1) if agreeing else (1.0, 0.0)
print(f'scale: {len(agreeing)} of {len(value_ticks)} tick labels agree, {abs(slope):.4g} per pixel')

def cover(colour, y0, y1, x0, x1):
    """How much of each pixel a colour covers, 0 to 1: an edge may lie within a pixel."""
    towards = 255.0 - np.array(colour)
    part = (255 - rgb[y0:y1, x0:x1]) @ towards / (towards @ towards)
    like = np.abs((255 - rgb[y0:y1, x0:x1]) - part[..., None] * towards).max(axis=2) < 40
    return np.where(like & (part > 0.3), part.clip(0, 1), 0)

def bar(colour, a, b):
    """Where the bar within a band ends, in pixels along the value axis. Where a group lacks it: None."""
    y0, y1, x0, x1 = (a, b, left + 1, right + 1) if across else (top, bottom, a, b)
    pure = (np.abs(rgb[y0:y1, x0:x1] - colour).max(axis=2) < 12).sum(axis=1 if across else 0)
    if pure.max() == 0:
        return None if series else left if across else bottom
    # Only where the pure colour is: beside a bar, mixes of its neighbours' colours can look like it.
    length = np.median(cover(colour, y0, y1, x0, x1).sum(axis=1 if across else 0)[pure > 0.5 * pure.max()])
    return left + 1 + length if across else bottom - length

def point(colour, a, b):
    """Middle of the dot in a band: opening takes the thin line away and leaves the dot."""
    part = cover(colour, max(top - 6, 0), bottom + 6, a, b)
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    dot = cv2.morphologyEx((part > 0.5).astype(np.uint8), cv2.MORPH_OPEN, disk)
    middle = part[:, part.shape[1] // 2 - 1:part.shape[1] // 2 + 2]
    ys = np.nonzero(dot if dot.any() else middle > 0.5)[0]
    return max(top - 6, 0) + ys.mean() + 0.5 if len(ys) else None

step = min(np.diff(category_ticks))
half = min(6, step / 2) if kind == 'lines' else step / 2 - 1 if series else 0.3 * step
readings = {}
for tick, label in zip(category_ticks, category_text):
    for colour, name in zip(colours, series or ['']):
        a, b = int(max(tick - half, 0)), int(tick + half) + 1
        end = point(colour, a, b) if kind == 'lines' else bar(colour, a, b)
        if end is None:
            continue
        readings[f'{name} | {label}' if name else label] = float(f'{start + slope * end:.4g}')
for key, value in readings.items():
    print(f'reading: {key} = {value}')
