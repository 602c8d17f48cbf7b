import numpy as np

pixels = np.asarray(image_1.convert('RGB')).astype(int)
height, width = pixels.shape[:2]
vertical, horizontal = {{vertical}}, {{horizontal}}

# The wall shows at the upper and lower edge of every column; a flag is what differs from it.
wall = np.median(np.concatenate([pixels[:12], pixels[-12:]]), axis=0)
differs = np.abs(pixels - wall).max(axis=2) > 30
top = 0 if vertical == 'top' else height // 2
left = 0 if horizontal == 'left' else width // 2
part = differs[top:top + height // 2, left:left + width // 2]

rows = np.flatnonzero(part.sum(axis=1) > 20)
columns = np.flatnonzero(part.sum(axis=0) > 20)
box = (left + columns[0], top + rows[0], left + columns[-1] + 1, top + rows[-1] + 1)
print(f'size {width}x{height}, {vertical} {horizontal} flag at', tuple(int(side) for side in box))
display(image_1.crop(box))
