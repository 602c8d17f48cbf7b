"""Runs a command at a terminal of its own, and presses keys once something is on the screen.

terminal.py SHOWN KEYS COMMAND…: what is shown goes to stdout, the status is the command's.
"""
import fcntl
import os
import pty
import struct
import sys
import termios

shown, keys, *command = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('4H', 40, 400, 0, 0))  # Lines and columns.
    os.execvp(command[0], command)
seen = b''
pressed = False
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:  # The other end is closed.
        break
    os.write(1, data)
    seen += data
    if not pressed and shown.encode() in seen:
        os.write(terminal, keys.encode())
        pressed = True
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
