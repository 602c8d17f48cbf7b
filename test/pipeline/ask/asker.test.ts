import { expect, test } from 'vitest'
import { teacherAdapter } from '../../../pipeline/ask/ask-teacher.ts'
import { type Means, tries } from '../../../pipeline/ask/asker.ts'
import type { Ask } from '../../../pipeline/ask.ts'
import { eachConcurrent } from '../../../pipeline/concurrent.ts'
import type { Limiter } from '../../../store/limiter.ts'
import { openSqliteLimiter } from '../../../store/sqlite-limiter.ts'
import { openai } from '../../../teachers/openai.ts'
import { type Failure, type Teacher, TeacherError } from '../../../teachers/teacher.ts'
import { question } from '../../conformance/teacher.ts'
import { reply, temporaryFolder } from '../../fixtures.ts'
import { completion, wireServer } from '../../teachers/wire-server.ts'
import { scripted } from '../scripted.ts'

const { signal } = new AbortController()

/** Ask by these means, and keep nothing. */
function admitted(means: Means): Ask {
  const ask = tries(means)
  return (teacher, request, signal) => ask(teacherAdapter().inquiryOf(teacher, request), signal)
}

const fails = (failure: Partial<Failure>, message = 'teacher x: no') => {
  throw new TeacherError(message, { fatal: false, ...failure })
}

/** A teacher that fails as it is told, one try after another, and then answers. */
const failing = (...failures: Partial<Failure>[]) =>
  scripted(() => {
    const failure = failures.shift()
    return failure ? fails(failure) : { text: 'mended' }
  })

const always = (failure: Partial<Failure>) => scripted(() => fails(failure))

/** Ask once, with tries close to each other. */
const ask = (teacher: Teacher, request = question()) => admitted({ backoff: 1 })(teacher, request, signal)

test('what broke is tried again, and nobody notices', async () => {
  const teacher = failing({ transient: true }, { transient: true }, { transient: true })
  expect((await ask(teacher)).text).toBe('mended')
  expect(teacher.asked).toHaveLength(4)
})

test('what breaks for good is given up after five tries', async () => {
  const teacher = always({ transient: true })
  await expect(ask(teacher)).rejects.toMatchObject({ fatal: false, message: 'teacher x: no' })
  expect(teacher.asked).toHaveLength(5)
})

test('what no other try mends is not tried again', async () => {
  for (const failure of [{}, { fatal: true }]) {
    const teacher = always(failure)
    await expect(ask(teacher)).rejects.toMatchObject(failure)
    expect(teacher.asked).toHaveLength(1)
  }
  const broken = scripted(() => {
    throw new TypeError('a fault of our own')
  })
  await expect(ask(broken)).rejects.toThrow(TypeError)
  expect(broken.asked).toHaveLength(1)
})

test('an address where nobody listens is tried again, and stops the run only then', async () => {
  const gone = always({ fatal: true, transient: true })
  await expect(ask(gone)).rejects.toMatchObject({ fatal: true })
  expect(gone.asked).toHaveLength(5)
  expect((await ask(failing({ fatal: true, transient: true }))).text).toBe('mended')
})

test('being refused uses up no tries that something broken needs', async () => {
  const refused = { transient: true, overloaded: true, retryAfterMs: 1 }
  const broken = { transient: true }
  const teacher = failing(broken, broken, refused, broken, broken)
  expect((await ask(teacher)).text).toBe('mended')
})

test('a provider that asks to wait for hours stops the run, with its words and the time', async () => {
  const teacher = always({ transient: true, overloaded: true, retryAfterMs: 3 * 3_600_000 })
  await expect(ask(teacher)).rejects.toMatchObject({
    fatal: true,
    message: 'teacher x: no (it asks to wait 180 minutes; run the same command again then)',
  })
  expect(teacher.asked).toHaveLength(1)
})

test('Retry-After is honoured to the real server, in its three forms', async () => {
  const forms: (() => { header: string; value: string; until: number })[] = [
    () => ({ header: 'retry-after-ms', value: '300', until: Date.now() + 300 }),
    () => ({ header: 'retry-after', value: '0.3', until: Date.now() + 300 }),
    () => {
      const value = new Date(Date.now() + 1300).toUTCString()
      return { header: 'retry-after', value, until: Date.parse(value) }
    },
  ]
  for (const form of forms) {
    let until = Number.POSITIVE_INFINITY
    await using server = await wireServer((_, number) => {
      if (number > 1) return { body: completion() }
      const said = form()
      until = said.until
      const headers = { [said.header]: said.value }
      return { status: 429, body: { error: { message: 'slow down' } }, headers }
    })
    await ask(openai({ model: 'm', baseURL: server.url, apiKey: 'none' }))
    // A timer may fire within the millisecond before its time.
    expect(Date.now()).toBeGreaterThanOrEqual(until - 1)
  }
})

test('an abort while it waits ends the call with the signal’s reason', async () => {
  const stop = new AbortController()
  const reason = new Error('stopped by hand')
  const teacher = scripted(() => {
    setImmediate(() => stop.abort(reason))
    return fails({ transient: true })
  })
  await expect(admitted({ backoff: 60_000 })(teacher, question(), stop.signal)).rejects.toBe(reason)
})

test('no more calls than a teacher’s concurrency are under way', async () => {
  let [underWay, peak] = [0, 0]
  const teacher = scripted(
    async () => {
      peak = Math.max(peak, ++underWay)
      await new Promise(resolve => setTimeout(resolve, 1))
      underWay--
      return {}
    },
    { limits: { concurrency: 3 } },
  )
  const admit = admitted({})
  await Promise.all(Array.from({ length: 20 }, (_, sample) => admit(teacher, question({ sample }), signal)))
  expect(peak).toBe(3)
})

/** A limiter that is asked and never lets anyone wait. */
function watched(): Limiter & { calls: [string, string, number][] } {
  const calls: [string, string, number][] = []
  const kind = (key: string) => key.split('/').at(-1) ?? ''
  return {
    calls,
    reserve(key, cost) {
      calls.push(['reserve', kind(key), cost])
      return 0
    },
    settle: (key, delta) => void calls.push(['settle', kind(key), delta]),
    [Symbol.dispose]() {},
  }
}

test('tokens are reserved by estimate and settled with what they were, and the next estimate is better', async () => {
  const limiter = watched()
  const usage = { input: 900, output: 100, cached: 0, reasoning: 0 }
  const teacher = scripted(() => ({ usage }), { limits: { requestsPerMinute: 60, tokensPerMinute: 1000 } })
  const request = question({
    system: 'x'.repeat(400),
    question: [{ type: 'text', text: 'y'.repeat(40) }],
    tools: [],
  })
  const admit = admitted({ limiter })
  await admit(teacher, request, signal)
  // 402 characters of system and tools, 40 of the question, and the longest reply.
  const first = 101 + 10 + 1000
  expect(limiter.calls).toEqual([
    ['reserve', 'requests', 1],
    ['reserve', 'tokens', first],
    ['settle', 'tokens', 1000 - first],
  ])
  limiter.calls.length = 0
  const turns = [{ reply: reply({ usage }), observations: [] }]
  await admit(teacher, { ...request, turns }, signal)
  expect(limiter.calls[1]).toEqual(['reserve', 'tokens', 1000 + 100])
})

test('a refused call gives its tokens back, and the next try reserves again', async () => {
  const limiter = watched()
  const refused = { transient: true, overloaded: true, retryAfterMs: 1 }
  const teacher = { ...failing(refused), limits: { tokensPerMinute: 1000 } }
  await admitted({ limiter })(teacher, question(), signal)
  const [first, back, second] = limiter.calls.map(([, , amount]) => amount)
  expect(back).toBe(-(first ?? 0))
  expect(second).toBe(first)
})

test('teachers of one account share its rate, others do not', async () => {
  await using folder = await temporaryFolder()
  using limiter = openSqliteLimiter(folder.path)
  const made = (name: string, account?: string) =>
    scripted(() => ({}), { name, limits: { requestsPerMinute: 1, ...(account ? { account } : {}) } })
  const stop = new AbortController()
  const admit = admitted({ limiter })
  const asked = (teacher: Teacher) => admit(teacher, question(), stop.signal)
  await asked(made('a', 'ours'))
  await asked(made('b'))
  await asked(made('c'))
  const waiting = asked(made('d', 'ours'))
  const first = await Promise.race([waiting, asked(made('e')).then(() => 'the other')])
  expect(first).toBe('the other')
  stop.abort()
  await expect(waiting).rejects.toBe(stop.signal.reason)
})

/** A teacher with two endpoints that do as they are told. */
const two = (first: Teacher, second: Teacher): Teacher =>
  scripted(() => ({}), {
    endpoints: [
      { ...first, name: 'x (FIRST)' },
      { ...second, name: 'x (SECOND)' },
    ],
  })

test('the endpoint with least to do is asked', async () => {
  let release = () => {}
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  const slow = scripted(async () => {
    await held
    return { text: 'slow' }
  })
  const quick = scripted(() => ({ text: 'quick' }))
  const admit = admitted({})
  const teacher = two(slow, quick)
  const stuck = admit(teacher, question(), signal)
  for (let sample = 1; sample < 5; sample++)
    expect((await admit(teacher, question({ sample }), signal)).text).toBe('quick')
  release()
  expect((await stuck).text).toBe('slow')
  expect([slow.asked.length, quick.asked.length]).toEqual([1, 4])
})

test('a key that is refused is dropped with one warning, and the run goes on with the rest', async () => {
  const warnings: string[] = []
  const bad = always({ fatal: true })
  const good = scripted(() => ({ text: 'good' }))
  const teacher = two(bad, good)
  const admit = admitted({ warn: message => warnings.push(message) })
  const replies = await Promise.all([0, 1, 2, 3].map(sample => admit(teacher, question({ sample }), signal)))
  expect(replies.map(({ text }) => text)).toEqual(['good', 'good', 'good', 'good'])
  expect(warnings).toEqual(['teacher x: no; going on with 1 of 2'])
  const before = bad.asked.length
  await admit(teacher, question(), signal)
  expect(bad.asked).toHaveLength(before)
})

test('when no key is left the run stops', async () => {
  const warnings: string[] = []
  const admit = admitted({ warn: message => warnings.push(message) })
  await expect(
    admit(two(always({ fatal: true }), always({ fatal: true })), question(), signal),
  ).rejects.toMatchObject({
    fatal: true,
    message: 'teacher x: no',
  })
  expect(warnings).toHaveLength(1)
})

test('a server that is gone is tried less and then dropped, while the other one answers', async () => {
  const gone = always({ fatal: true, transient: true })
  const good = scripted(() => ({ text: 'good' }))
  const teacher = two(gone, good)
  const admit = admitted({ backoff: 1 })
  for (let sample = 0; sample < 30; sample++)
    expect((await admit(teacher, question({ sample }), signal)).text).toBe('good')
  expect(good.asked).toHaveLength(30)
})

test('a queued call is not sent to a key that has been dropped meanwhile', async () => {
  const bad = { ...always({ fatal: true }), limits: { concurrency: 1 } }
  const good = scripted(() => ({ text: 'good' }))
  const admit = admitted({})
  const teacher = two(bad, good)
  await Promise.all(Array.from({ length: 10 }, (_, sample) => admit(teacher, question({ sample }), signal)))
  expect(bad.asked).toHaveLength(1)
  expect(good.asked).toHaveLength(10)
})

test('what waits for an endpoint that asks to wait for hours goes elsewhere at once', async () => {
  const hours = { transient: true, overloaded: true, retryAfterMs: 3 * 3_600_000 }
  const bad = { ...always(hours), limits: { concurrency: 1 } }
  const good = scripted(() => ({ text: 'good' }))
  const admit = admitted({})
  const teacher = two(bad, good)
  await Promise.all(Array.from({ length: 10 }, (_, sample) => admit(teacher, question({ sample }), signal)))
  expect([bad.asked.length, good.asked.length]).toEqual([1, 10])
})

test('a hundred thousand rollouts under a slow limit hold as much as run at once', async () => {
  await using folder = await temporaryFolder()
  using limiter = openSqliteLimiter(folder.path)
  const total = 100_000
  const stop = new AbortController()
  const reason = new Error('seen enough')
  let [read, done, most] = [0, 0, 0]
  const answer = () => {
    if (++done === 300) stop.abort(reason)
    return {}
  }
  const limits = { requestsPerMinute: 60_000, tokensPerMinute: 60_000_000 }
  const teacher = scripted(answer, { limits })
  const admit: Ask = admitted({ limiter })
  async function* requests() {
    for (; read < total; read++) {
      most = Math.max(most, read - done)
      yield question({ sample: read })
    }
  }
  const work = async (request: ReturnType<typeof question>, either: AbortSignal) =>
    void (await admit(teacher, request, either))
  await expect(eachConcurrent(requests(), 64, work, stop.signal)).rejects.toBe(reason)
  expect(done).toBeLessThan(400)
  expect(most).toBeLessThanOrEqual(64)
})
