"""What DeepEyesV2's environment and reward function ask over HTTP, on loopback."""
import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

ANSWERS = [
    re.compile(r'\[参考答案\]:(.*?)\n\s*\[模型回答\]:(.*?)\s*$', re.S),
    re.compile(r'\*\*Reference Answer\*\*\n(.*?)\n\n## Student Final Answer\n(.*?)$', re.S),
]


def plain(answer):
    """Without what the reward function takes out of a student's answer, and not out of the true one."""
    return re.sub(r'[^\w.]|\b(an?|the)\b', '', answer.lower())


def verdict(asked):
    """As both prompts want it: the student's answer is right where it is the true one."""
    truth, answer = next(found.groups() for found in (form.search(asked) for form in ANSWERS) if found)
    right = plain(truth) == plain(answer)
    return f'\\boxed{{{"Yes" if right else "No"}}}\n## Equivalence Judgement\n{"TRUE" if right else "FALSE"}'


class Services:
    """A judge, and a sandbox that notes the `code` it is given and answers with `output`."""

    def __init__(self):
        self.code = ''
        self.output = {'stdout': '', 'stderr': '', 'images': []}
        self.found = None
        server = ThreadingHTTPServer(('127.0.0.1', 0), self.handler())
        Thread(target=server.serve_forever, daemon=True).start()
        origin = f'http://127.0.0.1:{server.server_port}'
        self.judge, self.sandbox = f'{origin}/v1', f'{origin}/jupyter_sandbox'

    def answer(self, path, body):
        if path.endswith('/models'):
            return {'object': 'list', 'data': [{'id': 'judge', 'object': 'model'}]}
        if path == '/jupyter_sandbox':
            self.code = body['code']
            return {'status': 'success', 'execution_time': 0.0, 'output': self.output}
        message = {'role': 'assistant', 'content': verdict(body['messages'][-1]['content'])}
        choice = {'index': 0, 'finish_reason': 'stop', 'message': message}
        return {'id': '1', 'object': 'chat.completion', 'created': 1, 'model': 'judge', 'choices': [choice]}

    def handler(self):
        answer = self.answer

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send(answer(self.path, {}))

            def do_POST(self):
                self.send(answer(self.path, json.loads(self.rfile.read(int(self.headers['content-length'])))))

            def send(self, said):
                data = json.dumps(said).encode()
                self.send_response(200)
                self.send_header('content-type', 'application/json')
                self.send_header('content-length', str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        return Handler
