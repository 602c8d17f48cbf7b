import numpy as np

pixels = np.asarray(image_1.convert('RGB')).astype(int)
height, width = pixels.shape[:2]
middle = width // 2
blank = (pixels.min(axis=2) > 245).all(axis=0)

# A flag may itself be white at its edge, so the gap is only as wide as the narrower of its halves.
left = np.argmin(blank[:middle][::-1])
right = np.argmin(blank[middle:])
gap = int(min(left, right, width // 20))
print(f'size {width}x{height}, gap from x={middle - gap} to x={middle + gap}')

display(image_1.crop((0, 0, middle - gap, height)))
display(image_1.crop((middle + gap, 0, width, height)))
