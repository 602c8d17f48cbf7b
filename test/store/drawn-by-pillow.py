"""Draws files that only Pillow writes, and says what Pillow sees of others: JSON on stdout."""
import io
import json
import sys

from PIL import Image, ImageOps

Image.MAX_IMAGE_PIXELS = None


def drawn(base):
    """Files of several pictures, the first of which is the given one."""
    first = Image.open(base).convert('RGB')
    others = [Image.new('RGB', first.size, colour) for colour in ('black', 'gray')]
    files = {}
    for name, form, options in (
        ('mpo', 'MPO', {'quality': 100, 'subsampling': 0}),
        ('apng', 'PNG', {}),
        ('apng with its picture beside the frames', 'PNG', {'default_image': True}),
        ('gif', 'GIF', {}),
        ('webp', 'WEBP', {'lossless': True}),
        ('tiff', 'TIFF', {}),
    ):
        data = io.BytesIO()
        # Of an MPO, Pillow 9 writes two pictures at most.
        first.save(data, form, save_all=True, append_images=others[: 1 if form == 'MPO' else 2], **options)
        files[name] = data.getvalue().hex()
    return files


def seen(path):
    """What a trainer gets that converts to RGB, and one that first turns as metadata say."""
    with Image.open(path) as picture:
        picture.load()
        frames, rgb = getattr(picture, 'n_frames', 1), picture.convert('RGB')
        turned = ImageOps.exif_transpose(picture).convert('RGB')
        return {
            'frames': frames,
            'bits': 16 if picture.mode.startswith('I') else 8,
            'size': rgb.size,
            'turns': turned.size != rgb.size or turned.tobytes() != rgb.tobytes(),
            'pixels': rgb.tobytes().hex(),
        }


command, *paths = sys.argv[1:]
print(json.dumps(drawn(paths[0]) if command == 'draw' else [seen(path) for path in paths]))
