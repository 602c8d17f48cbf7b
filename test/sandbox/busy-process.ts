import { bubblewrap } from '../../sandbox/bubblewrap.ts'

// Two sessions that no signal stops, with detached processes; says so once both run.
const sandbox = bubblewrap()
const busy = `
import signal, subprocess
subprocess.Popen(['sleep', '1000'], start_new_session=True)
open('started.png', 'w').close()
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
print('busy', flush=True)
while True: pass`
for (const fresh of [false, true]) {
  const session = await sandbox.open({ files: {}, prelude: '', seed: 0, fresh })
  await session.exec('import signal')
  void session.exec(busy, { timeoutMs: 600_000 })
}
setTimeout(() => console.log('running'), 500)
