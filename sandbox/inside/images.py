"""Collects what a cell shows: displayed images, matplotlib figures, image files it wrote."""
import io
import os
import stat
import sys

import libraries

AS_THEY_ARE = ('.png', '.jpg', '.jpeg', '.webp', '.gif')
TO_PNG = ('.bmp', '.tif', '.tiff')
PNG_MODES = ('1', 'L', 'LA', 'P', 'RGB', 'RGBA', 'I', 'I;16')
MAX_BYTES, MAX_ENTRIES, MAX_DEPTH = 8 << 20, 2000, 5

_lstat, _open, _walk, _join = os.lstat, os.open, os.walk, os.path.join


def png(image):
    """Lossless and quick: encoding at zlib's usual level costs more than most cells. No metadata is kept."""
    if image.mode not in PNG_MODES:
        image = image.convert('RGB')
    data = io.BytesIO()
    image.save(data, 'PNG', compress_level=1, exif=b'', icc_profile=None)
    return data.getvalue()


class Images:
    """`send(header, payload)` carries one image out. At most `limit` of a cell; the others are counted."""

    def __init__(self, send, limit):
        self.send, self.limit, self.count, self.dropped, self.seen = send, limit, 0, 0, {}
        libraries.after_import('PIL.Image', self._patch_pillow)
        libraries.after_import('matplotlib.pyplot', self._patch_pyplot)
        libraries.after_import('cv2', self._patch_cv2)

    def begin(self):
        self.count = self.dropped = 0

    def _patch_pillow(self, module):
        module.Image.show = lambda image, *_, **__: self.image(image, 'display')

    def _patch_pyplot(self, module):
        module.show = lambda *_, **__: self.figures()
        module.Figure.show = lambda *_, **__: None

    def _patch_cv2(self, module):
        def imshow(_title, array):
            encoded, data = module.imencode('.png', array)
            if encoded:
                self.emit(data.tobytes(), 'display')

        module.imshow, module.waitKey, module.destroyAllWindows = imshow, lambda *_: -1, lambda: None

    def emit(self, data, source, name=None):
        if self.count >= self.limit or len(data) > MAX_BYTES:
            self.dropped += 1
            return
        self.count += 1
        self.send({'type': 'image', 'source': source, 'name': name}, data)

    def image(self, image, source):
        if self.count >= self.limit or image.width * image.height > libraries.MAX_PIXELS:
            self.dropped += 1
            return
        self.emit(png(image), source)

    def figures(self):
        """Sends every open figure and closes it, as a notebook does."""
        pyplot = sys.modules.get('matplotlib.pyplot')
        if pyplot is None:
            return
        for number in pyplot.get_fignums():
            data = io.BytesIO()
            style = {'metadata': {'Software': None}, 'pil_kwargs': {'compress_level': 1}}
            pyplot.figure(number).savefig(data, format='png', **style)
            self.emit(data.getvalue(), 'plt')
        pyplot.close('all')

    def display(self, *things):
        for thing in things:
            if not self.shown(thing, 'display'):
                print(repr(thing))

    def shown(self, thing, source):
        """Sends a thing that is an image or a figure; False where it is neither."""
        pillow, figure = sys.modules.get('PIL.Image'), sys.modules.get('matplotlib.figure')
        if pillow and isinstance(thing, pillow.Image):
            self.image(thing, source)
        elif figure and isinstance(thing, figure.Figure):
            self.figures()
        else:
            return False
        return True

    def files(self):
        """Sends the image files that are new or changed since the last look."""
        for path in self._changed():
            try:
                data = self._read(path)
            except Exception:
                self.dropped += 1
            else:
                self.emit(data, 'file', path[2:])

    def look(self):
        """Remembers what is there without sending it: inputs are not outputs."""
        for _ in self._changed():
            pass

    def _changed(self):
        for path in self._image_paths():
            info = _lstat(path)
            key = info.st_ino, info.st_size, info.st_mtime_ns
            if not stat.S_ISREG(info.st_mode) or self.seen.get(path) == key:
                continue
            self.seen[path] = key
            if info.st_size > MAX_BYTES:
                self.dropped += 1
            else:
                yield path

    def _image_paths(self):
        entries = 0
        for folder, folders, files in _walk('.', followlinks=False):
            folders.sort()
            if folder.count('/') >= MAX_DEPTH:
                folders.clear()
            for name in sorted(files):
                entries += 1
                if entries > MAX_ENTRIES:
                    return
                if name.lower().endswith(AS_THEY_ARE + TO_PNG):
                    yield _join(folder, name)

    def _read(self, path):
        with open(_open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), 'rb') as file:
            data = file.read(MAX_BYTES + 1)
        if not path.lower().endswith(TO_PNG):
            return data
        from PIL import Image

        return png(Image.open(io.BytesIO(data)))
