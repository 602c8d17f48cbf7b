import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { container, containerArguments } from '../../sandbox/container.ts'
import { tightLimits } from '../conformance/sandbox/abuse.ts'

/** Takes an engine's command line and makes of it, with bubblewrap, the container that the tests need. */
const engineScript = `#!/bin/bash
state=$(dirname "$0")
if [ "$1" = kill ]; then
  kill -s "$3" "$(grep -o '"child-pid": *[0-9]*' "$state/$4" | grep -o '[0-9]*$')"
  exit
fi
settings=()
while [ "$1" != example/python ]; do
  case $1 in
    --name) name=$2 ;;
    --volume) sources=\${2%:/sandbox:ro} ;;
    --entrypoint) python=$2 ;;
    --env) settings+=(--setenv "\${2%%=*}" "\${2#*=}") ;;
  esac
  shift
done
shift
exec bwrap --info-fd 9 --as-pid-1 --unshare-all --die-with-parent --cap-drop ALL --clearenv "\${settings[@]}" \\
  --ro-bind /usr /usr --symlink usr/lib /lib --symlink usr/lib64 /lib64 --symlink usr/bin /bin \\
  --ro-bind-try /etc/alternatives /etc/alternatives --proc /proc --dev /dev --tmpfs /work --tmpfs /tmp \\
  --ro-bind "$sources" /sandbox --chdir /work -- "/usr/bin/$python" "$@" 9> "$state/$name"
`
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp('/var/tmp/kindling-engine-')
  await writeFile(path.join(folder, 'engine'), engineScript)
  await chmod(path.join(folder, 'engine'), 0o755)
})
afterAll(() => rm(folder, { recursive: true }))

const open = () =>
  container({ image: 'example/python', engine: path.join(folder, 'engine') }).open({
    files: { 'a.txt': Buffer.from('in') },
    prelude: 'word = open("a.txt").read()',
    seed: 3,
  })

test('the command line gives the container no network, no rights and bounded resources', () => {
  const line = containerArguments(
    { engine: 'podman', image: 'example/python', python: 'python3', limits: tightLimits },
    'a-name',
  ).join(' ')
  for (const part of [
    'run --interactive --rm --name a-name',
    '--network none',
    '--read-only',
    '--cap-drop ALL',
    '--security-opt no-new-privileges',
    '--user 61500:61500',
    '--pids-limit 33',
    '--memory 512m --memory-swap 512m',
    '--oom-score-adj 1000',
    '--tmpfs /work:rw,nosuid,nodev,size=256m,nr_inodes=4096',
    ':/sandbox:ro',
    '--entrypoint python3 example/python -s -B /sandbox/container.py',
  ])
    expect(line).toContain(part)
  expect(line).not.toMatch(/--privileged|docker\.sock/)
})

test('cells run over the one stream of an engine, with files, images and output', async () => {
  await using session = await open()
  const first = await session.exec(
    'from PIL import Image\nprint("x" * 200_000)\ndisplay(Image.new("RGB", (900, 900)))\nword',
  )
  expect(first).toMatchObject({
    status: 'ok',
    result: "'in'",
    truncated: true,
    images: [{ source: 'display' }],
  })
  const second = await session.exec('import os, sys\nprint("to stderr", file=sys.stderr)\nos.getcwd()')
  expect(second).toMatchObject({ stderr: 'to stderr\n', result: "'/work'", stdout: '' })
})

test('a cell that hangs is interrupted, one that is deaf is ended, leftovers are killed', async () => {
  await using session = await open()
  const left = await session.exec('import subprocess\nsubprocess.Popen(["sleep", "1000"])\nx = 41')
  expect(left).toMatchObject({ status: 'ok', leftover: { processes: 1 } })
  expect(await session.exec('while True: pass', { timeoutMs: 500 })).toMatchObject({
    status: 'timeout',
    alive: true,
  })
  expect((await session.exec('x + 1')).result).toBe('42')
  const deaf = 'import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass'
  expect(await session.exec(deaf, { timeoutMs: 500 })).toMatchObject({ status: 'timeout', alive: false })
})

test('a kernel that ends is a crash, and cannot reach the process that carries its streams', async () => {
  await using session = await open()
  const tried = await session.exec('import os\nos.readlink("/proc/1/fd/1")')
  expect(tried.error?.name).toBe('PermissionError')
  expect((await session.exec('os._exit(0)')).status).toBe('crash')
})

test('an interrupt that arrives after its cell has ended harms no other', async () => {
  const slow = path.join(folder, 'slow')
  const script = `#!/bin/bash\n[ "$3" = INT ] && sleep 0.8\nexec "$(dirname "$0")/engine" "$@"\n`
  await writeFile(slow, script, { mode: 0o755 })
  const sandbox = container({ image: 'example/python', engine: slow })
  await using session = await sandbox.open({ files: {}, prelude: 'import time\nx = 0', seed: 0 })
  const short = 'time.sleep(0.2)\nx += 1'
  expect(await session.exec(short, { timeoutMs: 100 })).toMatchObject({ status: 'timeout', alive: true })
  expect(await session.exec('time.sleep(2)\nx')).toMatchObject({ status: 'ok', result: '1' })
})

test('garbage on the stream ends the container', async () => {
  const engine = path.join(folder, 'garbage')
  const script = `#!/bin/bash
state=$(dirname "$0")
if [ "$1" = kill ]; then kill -9 "$(cat "$state/pid")"; exit; fi
echo $$ > "$state/pid"
head -c 99 /dev/zero | tr '\\0' '\\377'
exec sleep 1000
`
  await writeFile(engine, script, { mode: 0o755 })
  const opened = container({ image: 'any', engine }).open({ files: {}, prelude: '', seed: 0 })
  await expect(opened).rejects.toThrow(/ended while it was being opened/)
})

test('an engine whose kill fails does not keep the session waiting', async () => {
  const engine = path.join(folder, 'deaf')
  const script = `#!/bin/bash
if [ "$1" = kill ]; then exit 1; fi
head -c 99 /dev/zero | tr '\\0' '\\377'
exec sleep 1000
`
  await writeFile(engine, script, { mode: 0o755 })
  const opened = container({ image: 'any', engine }).open({ files: {}, prelude: '', seed: 0 })
  await expect(opened).rejects.toThrow(/ended while it was being opened/)
})

test('an engine that is not there is a fault of the machinery', async () => {
  const missing = container({ image: 'example/python', engine: '/nowhere/docker' })
  await expect(missing.open({ files: {}, prelude: '', seed: 0 })).rejects.toThrow(
    /\/nowhere\/docker cannot be started/,
  )
})
