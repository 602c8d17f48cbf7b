import { expect } from 'vitest'
import { type Abuse, at, everything } from './abuse.ts'

const says = /CANARY/

/** Network, files, environment, processes: what is outside must not be there. */
export const reach: Abuse[] = [
  {
    title: 'no socket of any network family can be made',
    cells: ({ port }) => [
      `import socket
print(attempt(lambda: socket.create_connection(('127.0.0.1', ${port}), 2).recv(99)))
for family, kind in ((socket.AF_INET6, 1), (socket.AF_INET, 2), (socket.AF_NETLINK, 3), (socket.AF_PACKET, 3), (40, 1)):
    print(attempt(lambda: socket.socket(family, kind)))`,
    ],
    check(results) {
      expect(everything(results)).not.toMatch(says)
      expect(at(results, 0).stdout.match(/OSError/g)).toHaveLength(6)
    },
  },
  {
    title: 'abstract sockets of the host are out of reach',
    cells: ({ abstractSocket }) => [
      `import socket
def talk():
    s = socket.socket(socket.AF_UNIX)
    s.connect('\\0${abstractSocket}')
    return s.recv(99)
print(attempt(talk))`,
    ],
    check: results => expect(at(results, 0).stdout).toMatch(/ConnectionRefusedError/),
  },
  {
    title: 'names are not resolved and nothing is fetched',
    cells: ({ port }) => [
      `import socket, urllib.request
print(attempt(lambda: socket.getaddrinfo('example.invalid', 80)))
print(attempt(lambda: urllib.request.urlopen('http://127.0.0.1:${port}', timeout=2).read()))`,
    ],
    check: results => expect(at(results, 0).stdout).toMatch(/^gaierror.*\nURLError.*\n$/),
  },
  {
    title: 'files of the host are not there',
    cells: ({ file, folder }) => [
      `places = ['${file}', '${folder}', '/proc/1/root/etc/passwd', '/proc/1/cwd', '/run/sandbox/socket', '/sys/kernel']
places += ['/' + name for name in 'etc/passwd etc/shadow root home var opt old_root boot srv mnt usr/local/bin'.split()]
for place in places:
    print(place, attempt(lambda: os.listdir(place) if os.path.isdir(place) else open(place).read(50)))`,
    ],
    check(results) {
      expect(everything(results)).not.toMatch(/CANARY|root:x/)
      const read = at(results, 0)
        .stdout.trim()
        .split('\n')
        .filter(line => !line.includes('Error:'))
      expect(read).toEqual(['/proc/1/cwd []'])
    },
  },
  {
    title: 'nothing can be written outside the working folders',
    cells: () => [
      `places = '/x /usr/x /usr/lib/python3/x /etc/x /sandbox/x /bin/x /usr/local/x /run/x /run/sandbox/x /dev/x /dev/null/x'.split()
places += ['/proc/sys/kernel/core_pattern', '/proc/sysrq-trigger', '/sandbox/kernel.py', '/sandbox/site/x']
places += ['/proc/self/' + name for name in 'oom_score_adj autogroup timerslack_ns comm coredump_filter clear_refs'.split()]
for place in places:
    print(attempt(lambda: open(place, 'w').write('1000')))`,
    ],
    check: results =>
      expect(at(results, 0).stdout.trim().split('\n')).toEqual(
        Array(21).fill(expect.stringMatching(/Error: /)),
      ),
  },
  {
    title: 'the environment and the command line tell nothing of the host',
    cells: () => [
      `print(dict(os.environ))
for name in ('self/environ', '1/environ', '1/cmdline', 'self/mountinfo'):
    print(attempt(lambda: open('/proc/' + name).read()))
print('of the machine', [open('/proc/' + name, 'rb').read() for name in ('cmdline', 'config.gz', 'bootconfig')
                         if os.path.exists('/proc/' + name)])`,
    ],
    check(results, { folder }) {
      expect(everything(results)).not.toMatch(says)
      expect(everything(results)).not.toContain(folder)
      expect(at(results, 0).stdout).toMatch(/of the machine \[b''(?:, b'')*\]/)
    },
  },
  {
    title: 'no other process can be seen or signalled',
    cells: ({ pid }) => [
      `print(sorted(int(name) for name in os.listdir('/proc') if name.isdigit()), os.getppid())
print(attempt(lambda: os.kill(${pid}, 9)))`,
    ],
    check: results => expect(at(results, 0).stdout).toMatch(/^\[1\] 0\nProcessLookupError/),
  },
  {
    title: 'links, pipes, devices and huge files named as images bring nothing out',
    cells: () => [
      `os.symlink('/etc/passwd', 'a.png'); os.symlink('/dev/zero', 'z.png'); os.symlink('/proc/self/environ', 'e.png')
os.makedirs('d.png')
print('pipe', attempt(lambda: os.mkfifo('f.png')))
def sparse():
    with open('s.png', 'wb') as file: file.truncate(1 << 40)
print('sparse', attempt(sparse))
with open('t.png', 'wb') as file: file.truncate(60 << 20)
print('link', attempt(lambda: os.link('/sandbox/kernel.py', 'h.png')))
open('ok.png', 'wb').write(b'1234')`,
    ],
    check(results) {
      const { stdout, images, droppedImages } = at(results, 0)
      expect(stdout).toMatch(/^pipe PermissionError.*\nsparse OSError.*\nlink OSError/)
      expect(images.filter(image => image.bytes.length > 0).map(image => image.name)).toEqual(['ok.png'])
      expect(droppedImages).toBe(1)
    },
  },
  {
    title: 'file names of any bytes come out as plain text',
    cells: () => [
      `open(b'\\xff\\xfe\\n.png', 'wb').write(b'x'); open('%s.png' % ('A' * 200), 'wb').write(b'y')`,
    ],
    check(results) {
      const names = at(results, 0).images.map(image => image.name ?? '')
      expect(names).toHaveLength(2)
      for (const name of names)
        expect(name.isWellFormed() && !/\p{Cc}/u.test(name) && name.length <= 200).toBe(true)
    },
  },
  {
    title: 'deep folders and thousands of files are searched only so far',
    cells: () => [
      `path = '/work'
for _ in range(900):
    path += '/d'
    os.mkdir(path)
for number in range(2500): open(f'/work/{number}.png', 'wb').close()`,
      '1',
    ],
    check(results) {
      expect(at(results, 0).images.length).toBeLessThanOrEqual(10)
      expect(at(results, 1).result).toBe('1')
    },
  },
]
