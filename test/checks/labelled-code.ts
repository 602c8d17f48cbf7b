import type { UsedKind } from '../../checks/tools-used.ts'

/** Cells as models write them, labelled by hand from what they do before anything measured them. */
export const labelledCode: [code: string, ...kinds: UsedKind[]][] = [
  ['crop = image_1.crop((100, 50, 300, 200))\ncrop.show()', 'crop'],
  ['w, h = image_1.size\nimage_1.crop((w // 2, 0, w, h // 2))', 'crop'],
  ['box = [120, 40, 380, 260]\ndisplay(image_1.crop(box).resize((1040, 880)))', 'crop'],
  ['import numpy as np\narr = np.array(image_1)\nplt.imshow(arr[50:200, 100:300])\nplt.show()', 'crop'],
  [
    'import cv2\nimg = cv2.imread("image_1.png")\nroi = img[y1:y2, x1:x2]\nplt.imshow(cv2.cvtColor(roi, cv2.COLOR_BGR2RGB))',
    'crop',
  ],
  ['for box in [(0, 0, 50, 50), (50, 0, 100, 50)]:\n    display(image_1.crop(box))', 'crop'],
  [
    'def zoom(im, x, y, r=40):\n    return im.crop((x - r, y - r, x + r, y + r)).resize((400, 400))\nzoom(image_1, 120, 80)',
    'crop',
  ],
  [
    'left = image_1.crop((0, 0, image_1.width / 2, image_1.height))\nright = image_1.crop((image_1.width / 2, 0, image_1.width, image_1.height))\ndisplay(left, right)',
    'crop',
  ],
  ['import pytesseract\nprint(pytesseract.image_to_string(image_1.crop((10, 10, 200, 60))))', 'crop'],
  ['from torchvision import transforms as T\nT.functional.crop(image_1, 10, 20, 100, 100)', 'crop'],
  [
    'cx, cy = 310, 220\nsize = 60\nregion = image_1.crop((cx - size, cy - size, cx + size, cy + size))\nplt.imshow(region)\nplt.axis("off")\nplt.show()',
    'crop',
  ],
  [
    'import cv2\ncrop = cv2.resize(np.asarray(image_1)[10:90, 20:180], None, fx=4, fy=4)\nplt.imshow(crop); plt.show()',
    'crop',
  ],
  [
    'from PIL import ImageEnhance\nsign = image_1.crop((5, 5, 90, 60))\nImageEnhance.Contrast(sign).enhance(2.0)',
    'crop',
  ],
  [
    'crops = [image_1.crop((x, 0, x + 100, 100)) for x in range(0, 400, 100)]\nfor c in crops:\n    c.show()',
    'crop',
  ],
  [
    'from PIL import ImageDraw\nd = ImageDraw.Draw(image_1)\nd.rectangle((10, 10, 50, 50), outline="red", width=3)\nimage_1',
    'mark',
  ],
  [
    'from PIL import ImageDraw\nim = image_1.copy()\nImageDraw.Draw(im).line([(0, 0), (100, 100)], fill="red")\ndisplay(im)',
    'mark',
  ],
  [
    'import cv2\nimg = np.array(image_1)\ncv2.rectangle(img, (10, 20), (110, 220), (255, 0, 0), 2)\nplt.imshow(img)',
    'mark',
  ],
  [
    'import cv2\nimg = np.array(image_1)\nfor i, (x, y) in enumerate(points):\n    cv2.circle(img, (x, y), 5, (0, 255, 0), -1)\n    cv2.putText(img, str(i), (x + 5, y), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 255))\nplt.imshow(img)',
    'mark',
  ],
  [
    'fig, ax = plt.subplots()\nax.imshow(image_1)\nax.add_patch(plt.Rectangle((30, 40), 60, 20, fill=False))\nplt.show()',
    'mark',
  ],
  ['plt.imshow(image_1)\nplt.scatter([120], [80], c="r")\nplt.show()', 'mark'],
  ['plt.imshow(image_1)\nplt.plot([0, 200], [50, 50], "r--")\nplt.show()', 'mark'],
  ['plt.imshow(image_1)\nplt.axhline(120, color="red")\nplt.show()', 'mark'],
  ['plt.imshow(image_1)\nplt.annotate("A", (30, 30))\nplt.show()', 'mark'],
  [
    'from PIL import ImageDraw\ndraw = ImageDraw.Draw(image_1)\nfor k in range(0, image_1.width, 50):\n    draw.line((k, 0, k, image_1.height), fill="blue")\nimage_1.show()',
    'mark',
  ],
  [
    'from PIL import ImageDraw\ndraw = ImageDraw.Draw(image_1)\ndraw.text((5, 5), "1", fill="black")\ndisplay(image_1)',
    'mark',
  ],
  [
    'import cv2\nimg = np.array(image_1)\ncv2.arrowedLine(img, (0, 0), (50, 50), (255, 0, 0), 2)\nplt.imshow(img); plt.show()',
    'mark',
  ],
  ['print(1267000 / 27322555)', 'numerical_analysis'],
  ['values = [13.2, 14.1, 9.8]\nprint(sum(values) / len(values))', 'numerical_analysis'],
  ['import math\nprint(math.sqrt(3**2 + 4**2))', 'numerical_analysis'],
  ['import numpy as np\nprint(np.mean(np.array(image_1)))', 'numerical_analysis'],
  [
    'import numpy as np\narr = np.array(image_1.convert("L"))\nprint((arr < 128).sum())',
    'numerical_analysis',
  ],
  ['print(image_1.getpixel((10, 20)))', 'numerical_analysis'],
  ['from collections import Counter\nprint(Counter(image_1.getdata()).most_common(3))', 'numerical_analysis'],
  [
    'import cv2\ngray = cv2.cvtColor(np.array(image_1), cv2.COLOR_RGB2GRAY)\n_, bw = cv2.threshold(gray, 127, 255, 0)\ncontours, _ = cv2.findContours(bw, 1, 2)\nprint(len(contours))',
    'numerical_analysis',
  ],
  ['from scipy import ndimage\nlabels, n = ndimage.label(mask)\nprint(n)', 'numerical_analysis'],
  ['import sympy as sp\nx = sp.symbols("x")\nprint(sp.solve(x**2 - 5*x + 6, x))', 'numerical_analysis'],
  ['import pandas as pd\ndf = pd.DataFrame({"a": [1, 2, 3]})\nprint(df["a"].mean())', 'numerical_analysis'],
  ['a, b = 2469, 4374\nprint(abs(a - b))', 'numerical_analysis'],
  ['print(max([12, 15, 9]))', 'numerical_analysis'],
  [
    'count = 0\nfor name in names:\n    if name.startswith("B"):\n        count += 1\nprint(count)',
    'numerical_analysis',
  ],
  [
    'import cv2\ncircles = cv2.HoughCircles(gray, cv2.HOUGH_GRADIENT, 1, 20)\nprint(circles)',
    'numerical_analysis',
  ],
  ['from skimage import measure\nprint(measure.label(binary).max())', 'numerical_analysis'],
  ['angle = math.degrees(math.atan2(80 - 20, 150 - 40))\nprint(angle)', 'numerical_analysis'],
  ['px = image_1.load()\nprint(px[10, 10], px[20, 20])', 'numerical_analysis'],
  ['hist = image_1.histogram()\nprint(hist[:10])', 'numerical_analysis'],
  ['from itertools import permutations\nprint(len(list(permutations("ABC"))))', 'numerical_analysis'],
  [
    'region = image_1.crop((0, 0, 50, 50))\nprint(np.asarray(region).mean(axis=(0, 1)))',
    'crop',
    'numerical_analysis',
  ],
  [
    'import numpy as np\narr = np.array(image_1)\nprint(arr[10:20, 30:40].mean())',
    'crop',
    'numerical_analysis',
  ],
  [
    'from PIL import ImageDraw\nc = image_1.crop((0, 0, 90, 90))\nImageDraw.Draw(c).ellipse((5, 5, 20, 20), outline="red")\nc',
    'crop',
    'mark',
  ],
  [
    'import cv2\ncontours, _ = cv2.findContours(bw, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)\ncv2.drawContours(img, contours, -1, (255, 0, 0), 2)\nplt.imshow(img)\nprint(len(contours))',
    'mark',
    'numerical_analysis',
  ],
  [
    'from PIL import ImageDraw\nd = ImageDraw.Draw(image_1)\nd.line((40, 20, 150, 80), fill="red")\nprint(((150 - 40)**2 + (80 - 20)**2) ** 0.5)\nimage_1',
    'mark',
    'numerical_analysis',
  ],
  [
    'mask = np.zeros((h, w), np.uint8)\ncv2.drawContours(mask, [c], -1, 255, -1)\nprint(cv2.countNonZero(mask))',
    'numerical_analysis',
  ],
  ['print(image_1.size)', 'other_code'],
  ['display(image_1)', 'other_code'],
  ['image_1.rotate(90, expand=True)', 'other_code'],
  ['from PIL import ImageEnhance\nImageEnhance.Contrast(image_1).enhance(1.8)', 'other_code'],
  ['big = image_1.resize((image_1.width * 3, image_1.height * 3))\nbig.show()', 'other_code'],
  ['import pytesseract\nprint(pytesseract.image_to_string(image_1))', 'other_code'],
  ['import cv2\nedges = cv2.Canny(np.array(image_1), 50, 150)\nplt.imshow(edges)\nplt.show()', 'other_code'],
  ['gray = image_1.convert("L")\ngray', 'other_code'],
  ['print(image_1.mode, image_1.format)', 'other_code'],
  ['from PIL import ImageFilter\nimage_1.filter(ImageFilter.SHARPEN)', 'other_code'],
  ['# nothing to compute', 'other_code'],
  ['import easyocr\nreader = easyocr.Reader(["en"])\nprint(reader.readtext("image_1.png"))', 'other_code'],
  ['bw = image_1.convert("L").point(lambda v: 255 if v > 128 else 0)\ndisplay(bw)', 'other_code'],
  ['from PIL import ImageOps\nImageOps.invert(image_1.convert("RGB"))', 'other_code'],
  [
    'both = Image.new("RGB", (image_1.width + image_2.width, image_1.height))\nboth.paste(image_1, (0, 0))\nboth.paste(image_2, (image_1.width, 0))\nboth',
    'other_code',
  ],
  ['words = "red blue green".split()\nprint(sorted(words))', 'other_code'],
  ['scale = 4\nimage_1.resize((image_1.width * scale, image_1.height * scale), Image.LANCZOS)', 'other_code'],
  ['r, g, b = image_1.split()\ndisplay(r)', 'other_code'],
  ['import datetime\nprint(datetime.date(2024, 5, 1).strftime("%A"))', 'other_code'],
  ['print(2 ** 10 % 7)', 'numerical_analysis'],
  [
    'x0, y0, x1, y1 = 12, 40, 220, 180\nsub = image_1.crop((x0, y0, x1, y1))\nsub = sub.resize((sub.width * 4, sub.height * 4), Image.BICUBIC)\ndisplay(sub)',
    'crop',
  ],
  [
    'W, H = image_1.size\nthird = W // 3\nfor i in range(3):\n    display(image_1.crop((i * third, 0, (i + 1) * third, H)))',
    'crop',
  ],
  [
    'import numpy as np\na = np.asarray(image_1.convert("RGB"))\nred = (a[..., 0] > 200) & (a[..., 1] < 80)\nys, xs = np.where(red)\nprint(xs.min(), xs.max(), ys.min(), ys.max())',
    'numerical_analysis',
  ],
  [
    'from PIL import ImageDraw\nim = image_1.copy()\ndr = ImageDraw.Draw(im, "RGBA")\ndr.polygon([(1, 1), (50, 1), (25, 40)], fill=(255, 0, 0, 80))\nim',
    'mark',
  ],
  [
    'import matplotlib.pyplot as plt\nimport matplotlib.patches as patches\nfig, ax = plt.subplots(1)\nax.imshow(image_1)\nrect = patches.Rectangle((50, 100), 40, 30, linewidth=1, edgecolor="r", facecolor="none")\nax.add_patch(rect)\nplt.show()',
    'mark',
  ],
  ['gdp = {"A": 12.5, "B": 9.1, "C": 20.3}\nbest = max(gdp, key=gdp.get)\nprint(best)', 'numerical_analysis'],
  ['growth = (27322555 - 25000000) / 25000000 * 100\nprint(f"{growth:.2f}%")', 'numerical_analysis'],
  [
    'import cv2, numpy as np\nimg = cv2.cvtColor(np.array(image_1), cv2.COLOR_RGB2HSV)\nmask = cv2.inRange(img, (35, 50, 50), (85, 255, 255))\nplt.imshow(mask, cmap="gray")\nplt.show()',
    'numerical_analysis',
  ],
  [
    'enh = ImageEnhance.Sharpness(image_1).enhance(3)\nenh = ImageEnhance.Brightness(enh).enhance(1.2)\ndisplay(enh)',
    'other_code',
  ],
  [
    'import pytesseract\nd = pytesseract.image_to_data(image_1, output_type=pytesseract.Output.DICT)\nfor t, c in zip(d["text"], d["conf"]):\n    if int(c) > 60:\n        print(t)',
    'other_code',
  ],
  [
    'rotated = image_1.rotate(-12, resample=Image.BICUBIC, expand=True, fillcolor="white")\nplt.figure(figsize=(10, 10))\nplt.imshow(rotated)\nplt.axis("off")\nplt.show()',
    'other_code',
  ],
  ['from scipy.optimize import fsolve\nprint(fsolve(lambda x: x**3 - 2*x - 5, 2))', 'numerical_analysis'],
  ['top = np.array(image_1)[:100]\nplt.imshow(top)\nplt.show()', 'crop'],
  ['h, w = img.shape[:2]\ncorner = img[0:h//4, w-w//4:w]\nImage.fromarray(corner)', 'crop'],
  [
    'import cv2\nvis = np.array(image_1).copy()\nfor (x, y, w, h) in boxes:\n    cv2.rectangle(vis, (x, y), (x + w, y + h), (0, 255, 0), 2)\nImage.fromarray(vis)',
    'mark',
  ],
  [
    'import cv2\nqr = cv2.QRCodeDetector()\ndata, pts, _ = qr.detectAndDecode(np.array(image_1))\nprint(data)',
    'other_code',
  ],
  ['flipped = image_1.transpose(Image.FLIP_LEFT_RIGHT)\ndisplay(flipped)', 'other_code'],
  ['from datetime import date\nprint((date(2024, 3, 1) - date(2023, 3, 1)).days)', 'numerical_analysis'],
  [
    'from sklearn.cluster import KMeans\nX = np.array(image_1).reshape(-1, 3)\nkm = KMeans(5, n_init=3).fit(X)\nprint(km.cluster_centers_)',
    'numerical_analysis',
  ],
  ['s = "SALES"\nprint([ord(c) - 64 for c in s])', 'numerical_analysis'],
  ['tile = image_1.crop((64, 64, 128, 128))\nprint(tile.getcolors(10000)[:5])', 'crop', 'numerical_analysis'],
  [
    'dist = ((x2 - x1)**2 + (y2 - y1)**2)**0.5\nd = ImageDraw.Draw(image_1)\nd.line([(x1, y1), (x2, y2)], fill="red", width=2)\nprint(dist)\ndisplay(image_1)',
    'mark',
    'numerical_analysis',
  ],
  ['from skimage.metrics import structural_similarity as ssim\nprint(ssim(a, b))', 'numerical_analysis'],
  ['import json\nprint(json.dumps({"size": image_1.size}))', 'other_code'],
  [
    'from skimage import exposure\neq = exposure.equalize_adapthist(np.array(image_1))\nplt.imshow(eq)\nplt.show()',
    'other_code',
  ],
  [
    'fig, axs = plt.subplots(1, 3)\nfor ax, ch in zip(axs, image_1.split()):\n    ax.imshow(ch, cmap="gray")\nplt.show()',
    'other_code',
  ],
  [
    'upper = image_1.crop((0, 0, image_1.width, 80))\ntext = pytesseract.image_to_string(upper, config="--psm 6")\nprint(text)',
    'crop',
  ],
  ['n = sum(1 for p in people if p["hat"])\nprint(n)', 'numerical_analysis'],
  [
    'big = image_1.crop((200, 0, 420, 160)).resize((1100, 800))\nd = ImageDraw.Draw(big)\nfor k in range(1, 5):\n    d.line((k * 220, 0, k * 220, 800), fill="red")\ndisplay(big)',
    'crop',
    'mark',
  ],
]
