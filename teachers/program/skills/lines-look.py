import numpy as np

names = {{names}}
reference = {
    'red': (255, 0, 0), 'blue': (0, 0, 255), 'green': (0, 150, 0),
    'orange': (255, 130, 10), 'purple': (128, 0, 140), 'black': (0, 0, 0),
}

pixels = np.array(image_1.convert('RGB')).astype(np.float32)
height, width = pixels.shape[:2]
colours, counts = np.unique(pixels[::4, ::4].reshape(-1, 3), axis=0, return_counts=True)
background = colours[counts.argmax()]
print(f'size {width}x{height}, background rgb{tuple(int(c) for c in background)}')

# An anti-aliased edge is a mix with the background, so the direction away from it does not change.
away = background - pixels
strength = np.linalg.norm(away, axis=2)
directions = np.array([background - reference[name] for name in names], np.float32)
directions /= np.linalg.norm(directions, axis=1, keepdims=True)
nearest = (away @ directions.T).argmax(axis=2)
masks = [(strength > 90) & (nearest == i) for i in range(len(names))]

for name, mask in zip(names, masks):
    ys, xs = np.nonzero(mask)
    where = f', x {xs.min()}-{xs.max()}, y {ys.min()}-{ys.max()}' if len(xs) else ''
    print(f'{name}: {len(xs)} pixels{where}')
