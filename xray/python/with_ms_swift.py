"""Rows by ms-swift's own preprocessor, template and collator, with the training file of the rows."""
import base64
import os
import tempfile

from spans import answer, one_by_one, spans_of

# A folder of a model says by its name alone which of these ms-swift takes it for.
MODELS = {
    'qwen2_5_vl': 'qwen2_5_vl',
    'qwen3_vl': 'qwen3_vl',
    'gemma3': 'gemma3_vision',
    'llava_next': 'llava1_6_mistral_hf',
}


def settings_of(request, out):
    from swift.arguments import SftArguments
    from swift.cli.main import parse_yaml_args
    from swift.utils import parse_args

    file = os.path.join(request['folder'], 'sft.yaml')
    is_theirs = os.path.exists(file) and 'dataset' in request['settings']
    os.chdir(request['folder'])
    command = ['sft.yaml'] if is_theirs else ['--dataset', '.']
    parse_yaml_args(command)
    family, cutoff = MODELS.get(request['family']), request.get('cutoff')
    given = {'model': request['model'], 'output_dir': out, 'use_cpu': 'true', 'torch_dtype': 'float32'}
    if family:
        given['model_type'] = family
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

        settings = settings_of(request, out)
        template = settings.get_template(get_processor(request['model'], model_type=settings.model_type))
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
