"""Writes the story of test/rollouts/story.ts as the tools themselves write it, into this folder.

  python3.12 -m venv .cache/originals && .cache/originals/bin/pip install inspect_ai==0.3.285 openai==3.57.0 anthropic==2.14.0
  .cache/originals/bin/pip install --no-deps harbor==0.26.0 verifiers==0.4.0
  .cache/originals/bin/pip install "prime-pydantic-config[toml]" prime-runs prime-sandboxes prime-tunnel renderers httpx2 \\
    loguru math-verify msgpack pyzmq tomli-w tenacity uvicorn aiohttp gepa
  .cache/originals/bin/python test/rollouts/originals/make.py
"""
import base64
import json
import pathlib
import shutil
import struct
import zlib

here = pathlib.Path(__file__).parent
question = 'How wide is the picture?'
thought = 'I measure it first.'
code = 'print(image_1.width)\nimage_1.crop((0, 0, 4, 4))'
shown = 'stdout:\n8\n\nImages: image_2 (4x4)'
final = 'It is 8 pixels wide.\n<answer>8</answer>'


def png(width, height):
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))

    rows = b''.join(b'\0' + b'\xcc\x33\x33' * width for _ in range(height))
    head = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', head) + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b'')


asked, drawn = png(8, 6), png(4, 4)


def text64(picture):
    return base64.b64encode(picture).decode()


def url(picture):
    return 'data:image/png;base64,' + text64(picture)


def write_inspect():
    """A log of an evaluation that Inspect ran, with a model that answers what it is told to."""
    import tiktoken

    class Words:
        def encode(self, text, **_):
            return text.split()

    # It would fetch its tables from the web, to count tokens that nobody asks about.
    tiktoken.get_encoding = tiktoken.encoding_for_model = lambda *_, **__: Words()
    from inspect_ai import Task, eval as evaluate
    from inspect_ai.dataset import Sample
    from inspect_ai.model import ChatCompletionChoice, ChatMessageAssistant, ChatMessageUser
    from inspect_ai.model import ContentImage, ContentText, ModelOutput, get_model
    from inspect_ai.scorer import includes
    from inspect_ai.solver import generate, use_tools
    from inspect_ai.tool import ToolCall, tool

    @tool(name='python')
    def python():
        async def execute(code: str):
            """Runs Python.

            Args:
                code: Python to run
            """
            return [ContentText(text=shown), ContentImage(image=url(drawn))]

        return execute

    called = ToolCall(id='c1', function='python', arguments={'code': code})
    outputs = [
        ModelOutput(
            model='mockllm/model',
            choices=[
                ChatCompletionChoice(
                    message=ChatMessageAssistant(content=thought, tool_calls=[called]), stop_reason='tool_calls'
                )
            ],
        ),
        ModelOutput.from_content('mockllm/model', final),
    ]
    content = [ContentImage(image=url(asked)), ContentText(text=question)]
    task = Task(
        name='story',
        dataset=[Sample(id='row/1', input=[ChatMessageUser(content=content)], target='8')],
        solver=[use_tools(python()), generate()],
        scorer=includes(),
    )
    folder = here / 'logs'
    for form in ('eval', 'json'):
        model = get_model('mockllm/model', custom_outputs=outputs)
        log = evaluate(task, model=model, log_dir=str(folder), display='none', log_format=form)[0]
        assert log.status == 'success', log.error
        shutil.move(log.location.removeprefix('file://'), here / f'inspect.{form}')
        shutil.rmtree(folder)


def write_openai():
    """Replies as openai's client reads them, and requests in its types."""
    from openai.types.chat import ChatCompletionMessage
    from openai.types.responses import Response, ResponseFunctionToolCall, ResponseOutputMessage

    reply = ChatCompletionMessage.model_validate
    call = {'id': 'c1', 'type': 'function', 'function': {'name': 'python', 'arguments': json.dumps({'code': code})}}
    picture = [{'type': 'image_url', 'image_url': {'url': url(each)}} for each in (asked, drawn)]
    messages = [
        {'role': 'user', 'content': [picture[0], {'type': 'text', 'text': question}]},
        reply({'role': 'assistant', 'content': thought, 'tool_calls': [call]}).model_dump(),
        {'role': 'tool', 'tool_call_id': 'c1', 'content': shown},
        {'role': 'user', 'content': [picture[1]]},
        reply({'role': 'assistant', 'content': final}).model_dump(),
    ]
    write('openai-messages.jsonl', {'id': 'row/1', 'messages': messages})

    def said(text):
        content = [{'type': 'output_text', 'text': text, 'annotations': []}]
        given = {'id': 'msg', 'type': 'message', 'role': 'assistant', 'status': 'completed', 'content': content}
        return ResponseOutputMessage.model_validate(given)

    called = ResponseFunctionToolCall(type='function_call', call_id='c1', name='python', arguments=json.dumps({'code': code}))
    image = [{'type': 'input_image', 'detail': 'auto', 'image_url': url(each)} for each in (asked, drawn)]
    answered = {'type': 'function_call_output', 'call_id': 'c1', 'output': [{'type': 'input_text', 'text': shown}, image[1]]}
    first = {'role': 'user', 'content': [image[0], {'type': 'input_text', 'text': question}]}
    response = Response.model_validate({
        'id': 'row/1', 'object': 'response', 'created_at': 0, 'model': 'theirs', 'output': [said(final)],
        'parallel_tool_calls': True, 'tool_choice': 'auto', 'tools': [],
    })
    items = [first, *(each.model_dump() for each in (said(thought), called)), answered]
    write('openai-responses.jsonl', {**response.model_dump(), 'input': items})


def write_anthropic():
    """Replies as anthropic's client reads them, put back as a request has them."""
    from anthropic.types import Message

    def said(stop, *content):
        usage = {'input_tokens': 1, 'output_tokens': 1}
        given = {'id': 'msg', 'type': 'message', 'role': 'assistant', 'model': 'theirs', 'content': content,
                 'stop_reason': stop, 'stop_sequence': None, 'usage': usage}
        message = Message.model_validate(given)
        return {'role': message.role, 'content': [each.model_dump() for each in message.content]}

    image = [{'type': 'image', 'source': {'type': 'base64', 'media_type': 'image/png', 'data': text64(each)}}
             for each in (asked, drawn)]
    words = [{'type': 'text', 'text': each} for each in (question, thought, shown, final)]
    result = {'type': 'tool_result', 'tool_use_id': 'c1', 'content': [words[2], image[1]]}
    messages = [
        {'role': 'user', 'content': [image[0], words[0]]},
        said('tool_use', words[1], {'type': 'tool_use', 'id': 'c1', 'name': 'python', 'input': {'code': code}}),
        {'role': 'user', 'content': [result]},
        said('end_turn', words[3]),
    ]
    write('anthropic-messages.jsonl', {'id': 'row/1', 'model': 'theirs', 'messages': messages})


def write_atif():
    """A document of Harbor's own classes, which its validator takes."""
    from harbor.models.trajectories import Trajectory
    from harbor.utils.trajectory_validator import TrajectoryValidator

    folder = here / 'atif'
    (folder / 'images').mkdir(parents=True, exist_ok=True)
    for name, picture in (('a.png', asked), ('b.png', drawn)):
        (folder / 'images' / name).write_bytes(picture)

    def image(name):
        return {'type': 'image', 'source': {'media_type': 'image/png', 'path': f'images/{name}'}}

    result = {'source_call_id': 'c1', 'content': [{'type': 'text', 'text': shown}, image('b.png')]}
    call = {'tool_call_id': 'c1', 'function_name': 'python', 'arguments': {'code': code}}
    trajectory = Trajectory.model_validate({
        'schema_version': 'ATIF-v1.7', 'session_id': 's1', 'agent': {'name': 'agent', 'version': '1', 'model_name': 'theirs'},
        'steps': [
            {'step_id': 1, 'source': 'user', 'message': [image('a.png'), {'type': 'text', 'text': question}]},
            {'step_id': 2, 'source': 'agent', 'message': thought, 'tool_calls': [call], 'observation': {'results': [result]}},
            {'step_id': 3, 'source': 'agent', 'message': final},
        ],
    })
    path = folder / 'trajectory.json'
    path.write_text(json.dumps(trajectory.to_json_dict(), indent=2))
    validator = TrajectoryValidator()
    assert validator.validate(path), validator.errors


def write_verifiers():
    """An episode of verifiers' own classes, by the function that its runs append them with."""
    from verifiers.v1.episode import WireEpisode
    from verifiers.v1.trace import WireTrace
    from verifiers.v1.utils.trace_store import write_episode

    image = [{'type': 'image_url', 'image_url': {'url': url(each)}} for each in (asked, drawn)]
    call = {'id': 'c1', 'type': 'function', 'name': 'python', 'arguments': json.dumps({'code': code})}
    result = {'role': 'tool', 'tool_call_id': 'c1', 'content': [{'type': 'text', 'text': shown}, image[1]]}
    tool = {'type': 'function', 'name': 'python', 'description': 'Runs Python.', 'parameters': {'type': 'object'}}
    first = {'role': 'user', 'content': [image[0], {'type': 'text', 'text': question}]}
    said = {'role': 'assistant', 'content': thought, 'tool_calls': [call]}
    messages = [(first, False), (said, True), (result, False), ({'role': 'assistant', 'content': final}, True)]
    nodes = [
        {'message': message, 'sampled': sampled, 'timestamp': 0, 'parent': at - 1 if at else None, 'tools': [] if at else [tool]}
        for at, (message, sampled) in enumerate(messages)
    ]
    task = {'type': 'Story', 'data': {'id': 'row/1', 'prompt': question}}
    trace = WireTrace.model_validate({
        'id': 't1', 'task': task, 'agent': {'name': 'agent', 'config': {'model': 'theirs'}}, 'nodes': nodes,
        'rewards': {'right': {'score': 1}}, 'ok': True, 'is_completed': True, 'timing': {'start': 0},
    })
    episode = WireEpisode.model_validate({'id': 'e1', 'task': task, 'ok': True, 'traces': []})
    episode.traces = [trace]
    (here / 'traces.jsonl').unlink(missing_ok=True)
    write_episode(here, episode)


def write(name, row):
    (here / name).write_text(json.dumps(row) + '\n')


if __name__ == '__main__':
    for each in (write_inspect, write_openai, write_anthropic, write_atif, write_verifiers):
        each()
