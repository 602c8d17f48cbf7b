import cv2

n, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
found = 0
for i, (x, y, w, h, area) in enumerate(stats[1:], 1):
    piece = labels[y:y + h, x:x + w] == i
    on_border = [piece[:2].any(axis=0).mean(), piece[-2:].any(axis=0).mean(), piece[:, :2].any(axis=1).mean(), piece[:, -2:].any(axis=1).mean()]
    square = abs(w - h) <= 3 and min(on_border) > 0.9
    found += square
    print(f'piece {i}: {w}x{h} at ({x}, {y}), {area} pixels of ink, {"a square" if square else "not a square"}')
print(f'squares: {found}')
