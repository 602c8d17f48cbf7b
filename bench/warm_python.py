"""The same cells in one warm Python without any jail: what the sandbox is measured against.

argv: folder of the kernel's files, folder with image_1.png, number of trajectories. stdin: the cells as JSON.
Prints seconds of processor time and of wall time.
"""
import json
import os
import sys
import time

sys.path.insert(0, sys.argv[1])
import images
import libraries

libraries.warm()
os.chdir(sys.argv[2])
cells = json.load(sys.stdin)


def trajectory():
    shown = images.Images(lambda header, data: None, 10)
    names = {'display': shown.display}
    for *body, last in cells:
        exec('\n'.join(body), names)
        value = eval(last, names)
        if value is not None:
            shown.shown(value, 'result')


trajectory()
begin = time.process_time(), time.perf_counter()
for _ in range(int(sys.argv[3])):
    trajectory()
print(json.dumps([time.process_time() - begin[0], time.perf_counter() - begin[1]]))
