import { expect, test } from 'vitest'
import { restarting } from '../../sandbox/restarting-session.ts'
import { type CellResult, type OpenOptions, type Sandbox, SandboxError } from '../../sandbox/sandbox.ts'

const result = (changes: Partial<CellResult> = {}): CellResult => ({
  status: 'ok',
  stdout: '',
  truncated: false,
  stderr: '',
  result: null,
  error: null,
  images: [],
  droppedImages: 0,
  wallMs: 0,
  leftover: { threads: 0, processes: 0 },
  alive: true,
  ...changes,
})

/** A sandbox that writes down what is done with it. The cell `die` ends its session; `fault` breaks the machinery. */
function noting() {
  const notes: string[] = []
  let number = 0
  let running = 0
  const open = async (options: OpenOptions) => {
    const name = `session ${++number}`
    notes.push(`open ${name} (seed ${options.seed})`)
    return {
      async exec(code: string) {
        if (++running > 1) throw new SandboxError('a session runs one cell at a time')
        await Promise.resolve()
        running--
        notes.push(`${code} in ${name}`)
        if (code === 'fault') throw new SandboxError('the fork server ended')
        return result({ alive: code !== 'die' })
      },
      [Symbol.asyncDispose]: async () => void notes.push(`close ${name}`),
    }
  }
  const sandbox: Pick<Sandbox, 'open'> = { open }
  let asked = 0
  const options = async () => ({ files: {}, prelude: '', seed: ++asked })
  return { notes, session: restarting(sandbox as Sandbox, options) }
}

test('nothing is opened until a cell is run, and closing what was never opened is nothing', async () => {
  const { notes, session } = noting()
  await session[Symbol.asyncDispose]()
  expect(notes).toEqual([])
})

test('cells share one session until it is closed', async () => {
  const { notes, session } = noting()
  await session.exec('a')
  await session.exec('b')
  await session[Symbol.asyncDispose]()
  expect(notes).toEqual(['open session 1 (seed 1)', 'a in session 1', 'b in session 1', 'close session 1'])
})

test('after a cell that ended its session the next one gets a new one, opened as the first was', async () => {
  const { notes, session } = noting()
  expect((await session.exec('die')).alive).toBe(false)
  expect(notes.at(-1)).toBe('close session 1')
  await session.exec('a')
  expect(notes.slice(-2)).toEqual(['open session 2 (seed 2)', 'a in session 2'])
})

test('cells asked for at once run one after another, in order', async () => {
  const { notes, session } = noting()
  await Promise.all(['a', 'die', 'b'].map(code => session.exec(code)))
  expect(notes.filter(note => note.includes(' in '))).toEqual([
    'a in session 1',
    'die in session 1',
    'b in session 2',
  ])
})

test('a fault of the machinery reaches who asked, and no one after', async () => {
  const { notes, session } = noting()
  const [fault, next] = await Promise.allSettled([session.exec('fault'), session.exec('a')])
  expect(fault).toMatchObject({ status: 'rejected', reason: { message: 'the fork server ended' } })
  expect(next.status).toBe('fulfilled')
  await session[Symbol.asyncDispose]()
  expect(notes.at(-1)).toMatch(/^close /)
})

test('a session that could not be opened is tried again by the next cell', async () => {
  let tries = 0
  const { notes, session: working } = noting()
  const sandbox: Pick<Sandbox, 'open'> = {
    async open() {
      if (++tries === 1) throw new SandboxError('no room for a jail')
      return working
    },
  }
  const session = restarting(sandbox as Sandbox, async () => ({ files: {}, prelude: '', seed: 0 }))
  await expect(session.exec('a')).rejects.toThrow('no room for a jail')
  await session.exec('b')
  expect(notes).toContain('b in session 1')
})
