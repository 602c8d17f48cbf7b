import numpy as np

grey = np.array(image_1.convert('L')).astype(int)
height, width = grey.shape
background = np.bincount(grey.ravel()).argmax()
ink = np.abs(grey - background) > 60
ys, xs = np.nonzero(ink)
top, bottom, left, right = ys.min(), ys.max(), xs.min(), xs.max()
print(f'size {width}x{height}, background grey level {background}')
print(f'table from ({left}, {top}) to ({right}, {bottom}), {ink.mean():.1%} of the image is ink')

corner = image_1.convert('RGB').crop((left, top, left + (right - left) // 3, top + (bottom - top) // 3))
corner.thumbnail((400, 400))
display(corner)
