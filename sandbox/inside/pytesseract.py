"""The part of pytesseract's interface that is used for reading images, over the tesseract program."""
import csv
import io
import os
import shlex
import subprocess


class Output:
    BYTES, DATAFRAME, DICT, STRING = 'bytes', 'data.frame', 'dict', 'string'


class TesseractError(RuntimeError):
    def __init__(self, status, message):
        super().__init__(status, message)
        self.status, self.message = status, message


class TesseractNotFoundError(EnvironmentError):
    pass


class pytesseract:
    """Code often sets `pytesseract.pytesseract.tesseract_cmd`; it is accepted."""

    tesseract_cmd = 'tesseract'


_COLUMNS = ('level', 'page_num', 'block_num', 'par_num', 'line_num', 'word_num', 'left', 'top', 'width', 'height')


def _as_png(image):
    from PIL import Image

    if isinstance(image, (str, os.PathLike)):
        image = Image.open(image)
    elif not isinstance(image, Image.Image):
        image = Image.fromarray(image)
    if image.mode not in ('1', 'L', 'RGB'):
        image = image.convert('RGB')
    data = io.BytesIO()
    image.save(data, 'PNG', compress_level=1)
    return data.getvalue()


def _run(image, lang, config, kind, timeout):
    command = ['tesseract', 'stdin', 'stdout', '-l', lang or 'eng', *shlex.split(config), *kind]
    try:
        done = subprocess.run(command, input=_as_png(image), capture_output=True, timeout=timeout or None)
    except FileNotFoundError:
        raise TesseractNotFoundError('tesseract is not installed') from None
    except subprocess.TimeoutExpired:
        raise RuntimeError('Tesseract process timeout') from None
    if done.returncode:
        raise TesseractError(done.returncode, done.stderr.decode(errors='replace').strip())
    return done.stdout.decode(errors='replace')


def image_to_string(image, lang=None, config='', nice=0, output_type=Output.STRING, timeout=0):
    text = _run(image, lang, config, (), timeout)
    return {Output.DICT: {'text': text}, Output.BYTES: text.encode()}.get(output_type, text)


def image_to_data(image, lang=None, config='', nice=0, output_type=Output.STRING, timeout=0, pandas_config=None):
    text = _run(image, lang, config, ('tsv',), timeout)
    if output_type == Output.DICT:
        return _columns(text)
    if output_type == Output.DATAFRAME:
        import pandas

        return pandas.read_csv(io.StringIO(text), quoting=csv.QUOTE_NONE, sep='\t', **(pandas_config or {}))
    return text.encode() if output_type == Output.BYTES else text


def _columns(text):
    header, *rows = [line.split('\t') for line in text.rstrip('\n').split('\n')]
    table = {name: [row[place] for row in rows] for place, name in enumerate(header)}
    for name in _COLUMNS:
        table[name] = [int(value) for value in table[name]]
    table['conf'] = [float(value) if '.' in value else int(value) for value in table['conf']]
    return table


def image_to_boxes(image, lang=None, config='', nice=0, output_type=Output.STRING, timeout=0):
    text = _run(image, lang, config, ('batch.nochop', 'makebox'), timeout)
    return text.encode() if output_type == Output.BYTES else text


def image_to_osd(image, lang='osd', config='', nice=0, output_type=Output.STRING, timeout=0):
    return _run(image, lang, f'--psm 0 {config}', (), timeout)


def get_tesseract_version():
    done = subprocess.run(['tesseract', '--version'], capture_output=True, text=True)
    return done.stdout.split()[1]


def get_languages(config=''):
    done = subprocess.run(['tesseract', '--list-langs', *shlex.split(config)], capture_output=True, text=True)
    return done.stdout.splitlines()[1:]
