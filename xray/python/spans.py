"""What a trainer made of a row, as spans: the text or the picture, whether the loss covers it, and its tokens."""
import json
import os
import sys

IGNORED = -100


def answer(encode_all):
    """Read the request from stdin and print the answer as one line; whatever trainers print goes to stderr."""
    out = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)
    request = json.load(sys.stdin)
    print(json.dumps(encode_all(request)), file=out)
    out.close()


def one_by_one(rows, encode):
    """What `encode` makes of each row: spans, or why it takes it not."""
    made = []
    for row in rows:
        try:
            made.append({'spans': encode(row)})
        except Exception as error:
            made.append({'problem': f'{type(error).__name__}: {error}'[:500]})
    return made


def spans_of(ids, labels, tokenizer, picture_token):
    """Neighbouring tokens that are alike are one span; each run of picture tokens is the next picture."""
    picture_id = tokenizer.convert_tokens_to_ids(picture_token)
    spans, run, picture = [], [], -1
    before = None
    for token, label in zip(ids, labels):
        kind = (token == picture_id, label != IGNORED)
        if kind != before and run:
            spans.append(_span(run, before, tokenizer, picture))
            run = []
        if kind[0] and not (before and before[0]):
            picture += 1
        run.append(token)
        before = kind
    if run:
        spans.append(_span(run, before, tokenizer, picture))
    return spans


def _span(run, kind, tokenizer, picture):
    is_picture, trained = kind
    common = {'trained': trained, 'tokens': len(run)}
    if is_picture:
        return {'kind': 'picture', 'picture': picture, **common}
    text = tokenizer.decode(run, skip_special_tokens=False, clean_up_tokenization_spaces=False)
    return {'kind': 'text', 'text': text, **common}
