"""What is done to a library right after its import, so that early and late imports end up equal."""
import importlib.machinery
import os
import random
import sys

FONTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'fonts')
MAX_PIXELS = 50_000_000
# What every generator takes: OpenCV's is the smallest.
SEEDS = 1 << 31
NAMES = ('numpy', 'PIL', 'cv2', 'matplotlib', 'scipy', 'sympy', 'pandas', 'skimage', 'tesserocr')
WARM = (
    'numpy', 'PIL.Image', 'PIL.ImageDraw', 'PIL.ImageFont', 'PIL.ImageOps', 'PIL.ImageFilter', 'PIL.ImageEnhance',
    'PIL.ImageChops', 'PIL.ImageStat', 'cv2', 'matplotlib.pyplot', 'matplotlib.patches', 'scipy.ndimage',
    'scipy.spatial', 'scipy.signal', 'sympy', 'pandas', 'skimage.measure', 'skimage.filters', 'skimage.morphology',
    'skimage.transform', 'tesserocr',
)

seed = 0


def _numpy(module):
    module.random.seed(seed)
    make, calls = module.random.default_rng, [0]

    def default_rng(entropy=None):
        if entropy is not None:
            return make(entropy)
        calls[0] += 1
        return make(module.random.SeedSequence(seed, spawn_key=(calls[0],)))

    module.random.default_rng = default_rng


def _cv2(module):
    module.setNumThreads(1)
    module.ocl.setUseOpenCL(False)
    module.setRNGSeed(seed)


def _pillow(module):
    module.MAX_IMAGE_PIXELS = MAX_PIXELS
    module.init()


def _sympy(module):
    sys.modules['sympy.core.random'].seed(seed)


AFTER = {'numpy': _numpy, 'cv2': _cv2, 'PIL.Image': _pillow, 'sympy': _sympy}


def after_import(name, action):
    """Runs one more action once `name` is imported, or now if it already is."""
    first = AFTER.get(name)
    AFTER[name] = action if first is None else lambda module: (first(module), action(module))
    if name in sys.modules:
        action(sys.modules[name])


class _Loader:
    """Executes a library without letting it use up random numbers that belong to the cells."""

    def __init__(self, loader):
        self.loader = loader

    def __getattr__(self, name):
        return getattr(self.loader, name)

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        before = random.getstate(), _numpy_state()
        module.__loader__ = module.__spec__.loader = self.loader
        self.loader.exec_module(module)
        AFTER.get(module.__name__, lambda done: None)(module)
        random.setstate(before[0])
        if 'numpy' in sys.modules and module.__name__ != 'numpy':
            _restore_numpy(before[1])


def _numpy_state():
    numpy = sys.modules.get('numpy')
    return numpy.random.get_state() if hasattr(numpy, 'random') else None


def _restore_numpy(state):
    numpy = sys.modules['numpy']
    if state is not None:
        numpy.random.set_state(state)
    elif hasattr(numpy, 'random'):
        numpy.random.seed(seed)


class _Finder:
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] not in NAMES or (name not in AFTER and '.' in name):
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)
        return spec


def install():
    sys.meta_path.insert(0, _Finder())


def offer_fonts():
    """Lays matplotlib's list of fonts where it looks for it, a folder that it wants to be writable."""
    folder = os.environ['MPLCONFIGDIR']
    os.makedirs(folder, exist_ok=True)
    for name in os.listdir(FONTS) if os.path.isdir(FONTS) else ():
        os.symlink(f'{FONTS}/{name}', f'{folder}/{name}')


def warm():
    """Imports what is installed of the libraries and makes matplotlib load its fonts."""
    for name in WARM:
        try:
            __import__(name)
        except Exception:
            # A library that is missing or broken is told to the cell that wants it.
            continue
    pyplot = sys.modules.get('matplotlib.pyplot')
    if pyplot:
        import io

        pyplot.title('warm')
        pyplot.savefig(io.BytesIO())
        pyplot.close('all')


def reseed(value):
    """Gives every generator, imported or still to be imported, the seed of one trajectory."""
    global seed
    seed = value = value % SEEDS
    random.seed(value)
    modules = sys.modules
    if 'numpy' in modules:
        modules['numpy'].random.seed(value)
    if 'cv2' in modules:
        modules['cv2'].setRNGSeed(value)
    if 'sympy' in modules:
        modules['sympy.core.random'].seed(value)
