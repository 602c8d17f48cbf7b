"""Rows by ms-swift's own preprocessor, template and collator, with the training file of the rows."""
import base64
import os
import tempfile

from spans import answer, one_by_one, spans_of

# By its folder's name ms-swift knows which of several that are built alike a model is.
NAMES = {
    'qwen2_5_vl': 'Qwen2.5-VL-7B-Instruct',
    'qwen3_vl': 'Qwen3-VL-8B-Instruct',
    'gemma3': 'gemma-3-4b-it',
    'llava_next': 'llava-v1.6-mistral-7b-hf',
}


def named(request, out):
    if request['family'] not in NAMES:
        return request['model']
    path = os.path.join(out, NAMES[request['family']])
    os.symlink(request['model'], path)
    return path


def settings_of(request, model, out):
    from swift.arguments import SftArguments
    from swift.cli.main import parse_yaml_args
    from swift.utils import parse_args

    file = os.path.join(request['folder'], 'sft.yaml')
    is_theirs = os.path.exists(file) and 'dataset' in request['settings']
    os.chdir(request['folder'])
    command = ['sft.yaml'] if is_theirs else ['--dataset', '.']
    parse_yaml_args(command)
    cutoff = request.get('cutoff')
    given = {'model': model, 'output_dir': out, 'use_cpu': 'true', 'torch_dtype': 'float32'}
    if cutoff:
        given['max_length'] = str(cutoff)
    words = [word for name, value in given.items() for word in (f'--{name}', value)]
    settings, _ = parse_args(SftArguments, [*command, *words])
    return settings


def encode_all(request):
    with tempfile.TemporaryDirectory() as out:
        os.environ.update(USE_HF='1', MODELSCOPE_CACHE=out, HF_HOME=out)
        import swift
        from datasets import Dataset
        from swift.dataset import AutoPreprocessor
        from swift.model import get_processor

        model = named(request, out)
        settings = settings_of(request, model, out)
        template = settings.get_template(get_processor(model))
        template.set_mode('train')
        tokenizer = template.tokenizer
        picture = getattr(template.processor, 'image_token', '<image>')

        def encode(row):
            pictures = [{'bytes': base64.b64decode(each), 'path': None} for each in row['pictures']]
            table = Dataset.from_list([{**row['fields'], 'images': pictures}])
            (made,) = AutoPreprocessor()(table, strict=True, load_from_cache_file=False)
            batch = template.data_collator([template.encode(dict(made))])
            ids, labels = (batch[name][0].tolist() for name in ('input_ids', 'labels'))
            return spans_of(ids, labels, tokenizer, picture)

        return {'version': swift.__version__, 'rows': one_by_one(request['rows'], encode)}


answer(encode_all)
