import { landlock } from '../../sandbox/landlock.ts'

// A session that no signal stops; says where its folder is once it runs.
const session = await landlock().open({ files: {}, prelude: '', seed: 0 })
const { result } = await session.exec('import os, signal\nos.path.dirname(os.getcwd())')
void session.exec('signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass', {
  timeoutMs: 600_000,
})
console.log(result?.slice(1, -1))
