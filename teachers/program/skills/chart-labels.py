import re

from PIL import Image
import tesserocr

def block(profile):
    """End of the text that begins a profile: the first gap that is wider than one between words."""
    used = np.flatnonzero(profile)
    gaps = np.flatnonzero(np.diff(used) > 8)
    return used[gaps[0] if len(gaps) else -1] + 1 if len(used) else 0

def bands(ticks):
    half = np.diff(ticks).min() / 2
    return [(max(int(t - half), 0), int(t + half) + 1) for t in ticks]

page = image_1.convert('L')
text = dark > 60
reach = block(text[top - 5:bottom + 6, :left - 5][:, ::-1].any(axis=0))
depth = block(text[bottom + 6:, max(left - 10, 0):right + 10].any(axis=1))
turned = depth > 24
y_labels = [page.crop((left - 5 - reach, a, left - 5, b)) for a, b in bands(y_ticks)]
x_bands = bands(x_ticks)
if kind == 'horizontal bars':
    # Numbers have no spaces: each piece of text is one of them, and belongs to the tick it is nearest to.
    used = np.flatnonzero(text[bottom + 6:bottom + 6 + depth].any(axis=0))
    x_bands = [(0, 0)] * len(x_ticks)
    for piece in np.split(used, np.flatnonzero(np.diff(used) > 5) + 1):
        x_bands[np.abs(np.array(x_ticks) - piece.mean()).argmin()] = (piece[0] - 2, piece[-1] + 3)
x_labels = [page.crop((a, bottom + 6, b, bottom + 6 + depth)) for a, b in x_bands]
if turned:
    x_labels = [label.rotate(-90, expand=True) for label in x_labels]

def swatch(colour):
    """The label beside a colour's square in the legend, right of the plot."""
    same = np.abs(rgb - colour).sum(axis=2) < 30
    same[:, :right + 3] = False
    ys, xs = np.nonzero(same)
    return page.crop((xs.max() + 3, ys.min() - 3, width, ys.max() + 4))

legend = [swatch(colour) for colour in colours] if len(colours) > 1 else []

# All labels go under one another on one sheet, enlarged, so that one pass of OCR reads them.
labels = [label.point(lambda v: 255 if v > 225 else v) for label in y_labels + x_labels + legend]
labels = [label.crop(Image.eval(label, lambda v: 255 - v).getbbox() or (0, 0, 1, 1)) for label in labels]
line = 3 * max(label.height for label in labels) + 30
sheet = Image.new('L', (3 * max(label.width for label in labels) + 60, line * len(labels)), 255)
for i, label in enumerate(labels):
    big = label.resize((3 * label.width, 3 * label.height), Image.LANCZOS)
    sheet.paste(big, (30, i * line + (line - big.height) // 2))

words = [''] * len(labels)
with tesserocr.PyTessBaseAPI(psm=tesserocr.PSM.SINGLE_BLOCK) as ocr:
    ocr.SetVariable('tessedit_char_blacklist', '™©®—')
    ocr.SetImage(sheet)
    ocr.Recognize()
    for item in tesserocr.iterate_level(ocr.GetIterator(), tesserocr.RIL.TEXTLINE):
        _, y0, _, y1 = item.BoundingBox(tesserocr.RIL.TEXTLINE)
        i = min((y0 + y1) // 2 // line, len(words) - 1)
        words[i] = f'{words[i]} {item.GetUTF8Text(tesserocr.RIL.TEXTLINE).strip()}'.strip()

# Roman numerals look like other strokes.
words = [re.sub(r'(?<= )[I|l1]+$', lambda m: 'I' * len(m[0]), word) for word in words]
y_text, x_text, series = words[:len(y_ticks)], words[len(y_ticks):len(y_ticks) + len(x_ticks)], words[len(y_ticks) + len(x_ticks):]
print('vertical axis:', y_text)
print('horizontal axis:', x_text)
if series:
    print('legend:', series)
sheet.thumbnail((500, 600))
display(sheet)
