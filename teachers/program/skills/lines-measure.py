import cv2
from PIL import ImageDraw

# The distance to the edge is largest in the middle of a line: half its width.
half = max(np.percentile(d[d > 0], 90) for d in (cv2.distanceTransform(m.astype(np.uint8), cv2.DIST_L2, 5) for m in masks))
radius = int(round(half)) + 2
disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
first, second = [cv2.dilate(m.astype(np.uint8), disk) for m in masks]
n, _, stats, centres = cv2.connectedComponentsWithStats(first & second, connectivity=8)
places = [(x, y) for (x, y), area in zip(centres[1:], stats[1:, cv2.CC_STAT_AREA]) if area > radius * radius]

print(f'line width about {2 * half:.1f} px')
print(f'meeting places: {len(places)}')
for x, y in places:
    print(f'  at ({x:.0f}, {y:.0f})')
if places:
    marked = image_1.convert('RGB')
    draw = ImageDraw.Draw(marked)
    for x, y in places:
        draw.ellipse([x - 5 * radius, y - 5 * radius, x + 5 * radius, y + 5 * radius], outline=(255, 0, 255), width=2)
    marked.thumbnail((600, 600))
    display(marked)
else:
    distance = cv2.distanceTransform((~masks[0]).astype(np.uint8), cv2.DIST_L2, 5)
    print(f'closest distance: {distance[masks[1]].min():.1f}')
