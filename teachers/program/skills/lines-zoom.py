from PIL import Image

reach = 6 * radius
tiles = []
for i, (x, y) in enumerate(places, 1):
    left, upper = max(int(x) - reach, 0), max(int(y) - reach, 0)
    near = [m[upper:int(y) + reach, left:int(x) + reach].astype(np.uint8) for m in masks]
    inside = [cv2.connectedComponents(m)[0] - 1 for m in near]
    gap = cv2.distanceTransform(1 - near[0], cv2.DIST_L2, 5)[near[1] > 0].min()
    verdict = 'confirmed' if gap <= 2 * half + 1 else 'only a near miss'
    print(f'place {i}: {verdict}, gap {gap:.1f} px, pieces of {names[0]} {inside[0]}, of {names[1]} {inside[1]}')
    tiles.append(image_1.convert('RGB').crop((int(x) - reach, int(y) - reach, int(x) + reach, int(y) + reach)).resize((200, 200)))

sheet = Image.new('RGB', (210 * len(tiles) - 10, 200), 'grey')
for i, tile in enumerate(tiles):
    sheet.paste(tile, (210 * i, 0))
display(sheet)
