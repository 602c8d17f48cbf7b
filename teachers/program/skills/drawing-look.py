import numpy as np
from PIL import Image

grey = np.array(image_1.convert('RGBA').convert('L')).astype(int)
alpha = np.array(image_1.convert('RGBA'))[..., 3]
grey[alpha < 128] = 255
background = np.bincount(grey.ravel()).argmax()
ink = np.abs(grey - background) > 40
ys, xs = np.nonzero(ink)
print(f'size {image_1.width}x{image_1.height}, drawn from ({xs.min()}, {ys.min()}) to ({xs.max()}, {ys.max()})')

box = (max(xs.min() - 8, 0), max(ys.min() - 8, 0), xs.max() + 9, ys.max() + 9)
crop = Image.fromarray(grey.astype(np.uint8)).crop(box)
scale = max(1, 500 // max(crop.size))
display(crop.resize((crop.width * scale, crop.height * scale), Image.NEAREST))
