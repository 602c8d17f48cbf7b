import { afterAll, expect, test } from 'vitest'
import { costsOf } from '../../../cli/numbers/costs.ts'
import { solveAndDecide } from '../../../pipeline/jobs/solve-and-decide.ts'
import { type OpenAiOptions, openai } from '../../../teachers/openai.ts'
import type { Prices } from '../../../teachers/prices.ts'
import { tagged } from '../../../teachers/tagged.ts'
import { python } from '../../../tools/python.ts'
import { smallJail } from '../../small-jail.ts'
import {
  type BatchServerOptions,
  batchServer,
  type Fate,
  tooMuchQueued,
} from '../../teachers/batch-server.ts'
import { type Arrived, call, completion } from '../../teachers/wire-server.ts'
import { hastyClock } from '../../virtual-clock.ts'
import { says, scripted, type TestRun, tasks, withRun } from '../scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

const ok = (...args: Parameters<typeof completion>): Fate => ({ status: 200, body: completion(...args) })

/** Measures twice, with a variable that lives from one turn to the next, and answers. */
const measures = ({ messages }: Arrived['body']): Fate => {
  const turn = messages.filter(({ role }) => role === 'assistant').length
  if (turn === 0) return ok({ tool_calls: [call('a', 'x = image_1.width')] }, 'tool_calls')
  if (turn === 1) return ok({ tool_calls: [call('b', 'x')] }, 'tool_calls')
  const seen = messages.findLast(({ role }) => role === 'tool')?.content
  return ok({ content: `<answer>${/result:\n(\d+)/.exec(String(seen))?.[1]}</answer>` })
}

/** A run of `count` tasks whose teacher is asked in batches. */
async function batched(
  count: number,
  options: BatchServerOptions,
  work: (
    run: TestRun,
    server: Awaited<ReturnType<typeof batchServer>>,
    teacher: ReturnType<typeof openai>,
  ) => Promise<void>,
  batch: OpenAiOptions['batch'] & object = {},
) {
  await using server = await batchServer(options)
  const teacher = openai({
    model: 'm',
    baseURL: server.url,
    apiKey: 'none',
    batch: { pollSeconds: 0.001, ...batch },
  })
  await withRun(
    { sandbox, teachers: [teacher], tasks: tasks(count), limits: { concurrency: 2 } },
    run => work(run, server, teacher),
    { clock: hastyClock() },
  )
}

const answers = async (run: TestRun) =>
  (await run.trajectories())
    .map(({ outcome }) => (outcome.kind === 'answered' ? outcome.answer : outcome))
    .sort()

const left = async ({ store }: TestRun) =>
  (await Array.fromAsync(store.scan('batches'))).map(({ key }) => key)

const most = ({ asked }: Awaited<ReturnType<typeof batchServer>>) => Math.max(...asked.values())

test('rollouts of several turns advance in waves, one batch each, and nothing is asked twice', async () => {
  await batched(3, { answer: measures }, async (run, server) => {
    await run.run()
    expect(await answers(run)).toEqual(['10', '8', '9'])
    expect(server.sizes()).toEqual([3, 3, 3])
    expect(server.asked.size).toBe(9)
    expect(most(server)).toBe(1)
    expect(server.online).toEqual([])
    expect(await left(run)).toEqual([])
    const done = run.progress.filter(event => event.kind === 'done' && event.stage === 'synthesize')
    expect(done.map(event => 'done' in event && event.done)).toEqual([1, 2, 3])
    await run.run()
    expect(server.batches).toHaveLength(3)
  })
})

test('a batch is handed in when it is full, by requests or by bytes', async () => {
  const answer = () => ok({ content: '<answer>8</answer>' })
  const sizes = async (batch: { requests?: number; bytes?: number }) => {
    const found: number[] = []
    await batched(
      5,
      { answer },
      async (run, server) => {
        await run.run()
        found.push(...server.sizes())
      },
      batch,
    )
    return found
  }
  expect(await sizes({ requests: 2 })).toEqual([2, 2, 1])
  expect(await sizes({ bytes: 10 })).toEqual([1, 1, 1, 1, 1])
})

test('teachers in batches and online ones share a run', async () => {
  const online = scripted(() => says('8'), { name: 'online' })
  await batched(2, { answer: measures }, async (run, server, teacher) => {
    await run.run({ teachers: [online, teacher] })
    expect(await answers(run)).toEqual(['8', '8', '8', '9'])
    expect(online.asked).toHaveLength(2)
    expect(server.sizes()).toEqual([2, 2, 2])
  })
})

test('a teacher of tagged text can be asked in batches', async () => {
  const answer = ({ messages }: Arrived['body']) =>
    ok({
      content:
        messages.length === 2
          ? '<think>I look.</think>\n<code>\n```python\nimage_1.width\n```\n'
          : '<think>It is seen.</think>\n<answer>8</answer>',
    })
  await batched(1, { answer }, async (run, server, teacher) => {
    await run.run({ teachers: [tagged(teacher)], tools: [{ ...python(), name: 'notebook' }] })
    expect(await answers(run)).toEqual(['8'])
    expect(server.sizes()).toEqual([1, 1])
  })
})

test('what an expired batch finished is kept, and only the rest is handed in again', async () => {
  const answer = (body: Arrived['body'], submission: number) =>
    JSON.stringify(body).includes('picture 2') && submission === 1 ? undefined : measures(body)
  const end = (number: number) => (number === 1 ? ('expired' as const) : ('completed' as const))
  await batched(3, { answer, end }, async (run, server) => {
    await run.run()
    expect(await answers(run)).toEqual(['10', '8', '9'])
    const again = [...server.asked.values()].filter(times => times > 1)
    expect([server.asked.size, ...again]).toEqual([9, 2, 2, 2])
  })
})

test('a request that never succeeds is given up after three batches, and tried anew by the next run', async () => {
  let dead = true
  const answer = (body: Arrived['body']) =>
    dead && JSON.stringify(body).includes('picture 2')
      ? { status: 500, body: { error: { message: 'oh' } } }
      : measures(body)
  await batched(2, { answer }, async (run, server) => {
    await run.run()
    expect(await answers(run)).toEqual(['8', { kind: 'failed', at: 'teacher', message: 'teacher m: 500 oh' }])
    expect(most(server)).toBe(3)
    dead = false
    await run.run()
    expect(await answers(run)).toEqual(['8', '9'])
  })
})

test('a request that is refused is not handed in again', async () => {
  const answer = () => ({ status: 400, body: { error: { message: 'too long' } } })
  await batched(1, { answer }, async (run, server) => {
    await expect(run.run()).rejects.toMatchObject({
      fatal: true,
      message: expect.stringContaining('400 too long'),
    })
    expect(await answers(run)).toEqual([
      { kind: 'failed', at: 'teacher', message: 'teacher m: 400 too long' },
    ])
    expect(server.sizes()).toEqual([1])
  })
})

test('requests that are refused for how they are put are put otherwise, once, and later ones from the first', async () => {
  const refuses = (body: object) => 'max_tokens' in body
  const message = "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead."
  const answer = (body: Arrived['body']) =>
    refuses(body) ? { status: 400, body: { error: { message } } } : measures(body)
  await batched(3, { answer }, async (run, server) => {
    await run.run()
    expect(await answers(run)).toEqual(['10', '8', '9'])
    expect(server.sizes()).toEqual([3, 3, 3, 3])
    expect(most(server)).toBe(1)
    expect(await left(run)).toEqual([])
  })
})

test('what is put otherwise and refused all the same fails, and teaches nothing', async () => {
  const message = "Unsupported parameter: 'max_tokens' or 'max_completion_tokens'"
  const answer = (body: Arrived['body']) =>
    JSON.stringify(body).includes('picture 2')
      ? { status: 400, body: { error: { message } } }
      : measures(body)
  await batched(2, { answer }, async (run, server) => {
    await run.run()
    expect(await answers(run)).toEqual([
      '8',
      { kind: 'failed', at: 'teacher', message: `teacher m: 400 ${message}` },
    ])
    const bodies = [...server.files.values()].filter(text => text.includes('"method"')).join('')
    expect(bodies.match(/"max_completion_tokens":/g)).toHaveLength(1)
    expect(server.sizes()).toEqual([2, 2, 1])
  })
})

test('a request that two runs are refused in the same words is at its end, as online', async () => {
  const answer = (body: Arrived['body']) =>
    JSON.stringify(body).includes('picture 2')
      ? { status: 400, body: { error: { message: 'no such thing' } } }
      : measures(body)
  await batched(2, { answer }, async (run, server) => {
    await run.run()
    expect(await answers(run)).toEqual([
      '8',
      { kind: 'failed', at: 'teacher', message: 'teacher m: 400 no such thing' },
    ])
    await run.run()
    const ended = ['8', { kind: 'stopped', by: 'broken' }]
    expect(await answers(run)).toEqual(ended)
    await run.run()
    expect(await answers(run)).toEqual(ended)
    expect(server.sizes()).toEqual([2, 1, 1, 1])
  })
})

test('a batch that fails as a whole is handed in again', async () => {
  const end = (number: number) => (number === 1 ? ('failed' as const) : ('completed' as const))
  await batched(2, { answer: measures, end }, async (run, server) => {
    await run.run()
    expect(await answers(run)).toEqual(['8', '9'])
    expect(server.sizes()).toEqual([2, 2, 2, 2])
    expect(most(server)).toBe(1)
  })
})

test('a batch whose acceptance got lost is found by its name, not handed in twice', async () => {
  const trouble = (asked: string, number: number) =>
    asked === 'POST /v1/batches' && number === 1 ? ('cut' as const) : undefined
  await batched(2, { answer: measures, trouble }, async (run, server) => {
    await run.run().catch(() => run.run())
    expect(await answers(run)).toEqual(['8', '9'])
    expect(server.sizes()).toEqual([2, 2, 2])
    expect(most(server)).toBe(1)
  })
})

test('a batch that cannot be handed in costs its rollouts after three tries, not the run', async () => {
  let broken = true
  const trouble = (asked: string) => (broken && asked === 'POST /v1/batches' ? 500 : undefined)
  await batched(2, { answer: measures, trouble }, async (run, server) => {
    await run.run()
    const failed = { kind: 'failed', at: 'teacher', message: expect.stringContaining('500 trouble') }
    expect(await answers(run)).toEqual([failed, failed])
    expect(server.counts.get('POST /v1/batches')).toBe(3)
    broken = false
    await run.run()
    expect(await answers(run)).toEqual(['8', '9'])
    expect(await left(run)).toEqual([])
  })
})

test('looking that fails is done again', async () => {
  const trouble = (asked: string, number: number) =>
    asked === 'GET /v1/batches/*' && number < 8 ? 500 : undefined
  await batched(1, { answer: measures, trouble }, async run => {
    await run.run()
    expect(await answers(run)).toEqual(['8'])
  })
})

test('a rollout that still waits is left alone while others go on', async () => {
  // The second of two batches cannot be looked at for a while.
  const trouble = (asked: string, number: number) =>
    asked === 'GET /v1/batches/*' && number >= 12 && number <= 16 ? 500 : undefined
  let runs = 0
  const tool = python()
  const run = (...args: Parameters<typeof tool.run>) => {
    runs++
    return tool.run(...args)
  }
  const counting = { ...tool, run }
  const work = async (run: TestRun) => {
    await run.run({ tools: [counting] })
    expect(await answers(run)).toEqual(['8', '9'])
    // Its first cell once anew and twice again, its second once anew and once again.
    expect(runs).toBe(2 * 5)
  }
  await batched(2, { answer: measures, trouble }, work, { requests: 1 })
})

test('a wrong key stops the run, and the next one goes on', async () => {
  const trouble = (asked: string, number: number) =>
    asked === 'POST /v1/files' && number === 2 ? 401 : undefined
  await batched(2, { answer: measures, trouble }, async (run, server) => {
    await expect(run.run()).rejects.toThrow('401 trouble')
    await run.run()
    expect(await answers(run)).toEqual(['8', '9'])
    expect(most(server)).toBe(1)
  })
})

test('a run that is stopped while it waits takes its batch up again', async () => {
  const stop = new AbortController()
  const trouble = (asked: string, number: number) => {
    if (asked === 'GET /v1/batches/*' && number === 4) stop.abort(new Error('stopped by hand'))
    return undefined
  }
  await batched(2, { answer: measures, trouble }, async (run, server) => {
    await expect(run.run({}, stop.signal)).rejects.toThrow('stopped by hand')
    expect((await left(run)).filter(key => key.startsWith('ref/'))).toHaveLength(1)
    // As if the process had died before it noted who waits.
    const noted = (await left(run)).filter(key => key.startsWith('rollout/'))
    expect(noted).toHaveLength(2)
    for (const key of noted) await run.store.delete('batches', key)
    await run.run()
    expect(await answers(run)).toEqual(['8', '9'])
    expect(server.sizes()).toEqual([2, 2, 2])
    expect(most(server)).toBe(1)
  })
})

const warnings = (run: TestRun) =>
  run.progress.flatMap(event =>
    event.kind === 'warning' && !event.message.startsWith('no price') ? [event.message] : [],
  )

/** What may become of a batch at the provider, and what is said of it. */
const odd: [name: string, BatchServerOptions, said: RegExp | undefined, asked: number][] = [
  ['is not there for a moment', { answer: measures, trouble: gone('GET /v1/batches/*', 1, 2) }, undefined, 1],
  [
    'is not there any more',
    { answer: measures, trouble: gone('GET /v1/batches/*', 1, 2, 3) },
    /cannot be asked after \(404\); .* handed in again, and may be charged twice/,
    1,
  ],
  [
    'belongs to somebody else now',
    {
      answer: measures,
      trouble: (asked, number) => (asked === 'GET /v1/batches/*' && number < 4 ? 403 : undefined),
    },
    /cannot be asked after \(403\)/,
    1,
  ],
  [
    'lost its results',
    { answer: measures, trouble: gone('GET /v1/files/*/content', 1, 2, 3) },
    /a file of its results is gone; .* handed in again/,
    2,
  ],
  [
    'does not find its results for a moment',
    { answer: measures, trouble: gone('GET /v1/files/*/content', 1, 2) },
    undefined,
    1,
  ],
  [
    'names files that are none in an empty text, and its end in another word',
    {
      answer: measures,
      shown: batch => ({ ...batch, status: batch.status.replace('completed', 'succeeded') }),
    },
    undefined,
    1,
  ],
  [
    'is in a state that nobody knows, for a while',
    {
      answer: measures,
      shown: batch => ({ ...batch, status: batch.status.replace('in_progress', 'paused') }),
    },
    /batch batch_1 is "paused", which is not known; it is looked at again, for 48 hours at most/,
    1,
  ],
]

function gone(route: string, ...numbers: number[]) {
  return (asked: string, number: number) => (asked === route && numbers.includes(number) ? 404 : undefined)
}

test.each(odd)('a batch that %s neither stops a run nor holds it', async (_, options, said, asked) => {
  await batched(2, options, async (run, server) => {
    await run.run()
    expect(await answers(run)).toEqual(['8', '9'])
    expect(most(server)).toBe(asked)
    expect((await left(run)).filter(key => !key.startsWith('failure/'))).toEqual([])
    if (said) expect(warnings(run)).toContainEqual(expect.stringMatching(said))
    else expect(warnings(run)).toEqual([])
  })
})

const endless: [name: string, BatchServerOptions][] = [
  [
    'stays in a state that nobody knows',
    {
      answer: measures,
      shown: batch =>
        batch.id === 'batch_1'
          ? { ...batch, status: 'paused', completed_at: null, output_file_id: null, error_file_id: null }
          : batch,
    },
  ],
  [
    'goes on and on',
    {
      answer: measures,
      shown: batch =>
        batch.id === 'batch_1'
          ? { ...batch, status: 'in_progress', completed_at: null, output_file_id: null, error_file_id: null }
          : batch,
    },
  ],
  [
    'can never be looked at',
    {
      answer: measures,
      trouble: (asked, number) => (asked === 'GET /v1/batches/*' && number < 52 ? 500 : undefined),
    },
  ],
]

test.each(endless)(
  'a batch that %s is looked at for 48 hours, and then handed in again',
  async (_, options) => {
    const work = async (run: TestRun) => {
      await run.run()
      expect(await answers(run)).toEqual(['8', '9'])
      expect(warnings(run)).toContainEqual(
        expect.stringMatching(
          /a batch did not end within 48 hours; what has no reply is handed in again, and may be charged twice/,
        ),
      )
      expect((await costsOf(run.store, [], 2)).total).toMatchObject({ calls: 8, unknown: 2 })
    }
    await batched(2, options, work, { pollSeconds: 3600 })
  },
)

test('where too much is queued, the next batch waits for minutes and is smaller, and it is said', async () => {
  const clock = hastyClock()
  const began = clock.now()
  const end = (number: number) => (number <= 2 ? ('failed' as const) : ('completed' as const))
  await batched(4, { answer: measures, end, errors: [tooMuchQueued] }, async (run, server) => {
    await solveAndDecide(await run.open({}, { clock }))
    expect(await answers(run)).toEqual(['10', '11', '8', '9'])
    expect(server.sizes().slice(0, 4)).toEqual([4, 2, 2, 2])
    expect(most(server)).toBe(1)
    expect(clock.now() - began).toBeGreaterThan(60_000)
    expect(warnings(run)).toEqual([
      expect.stringMatching(
        /Enqueued token limit .*; the next batch is handed in when another batch has ended, or/,
      ),
    ])
  })
})

test('a batch that ends makes room for the one that was not taken', async () => {
  const clock = hastyClock()
  const end = (number: number) => (number === 2 ? ('failed' as const) : ('completed' as const))
  const work = async (run: TestRun, server: Awaited<ReturnType<typeof batchServer>>) => {
    await solveAndDecide(await run.open({}, { clock }))
    expect(await answers(run)).toEqual(['10', '11', '8', '9'])
    expect(server.sizes().slice(0, 3)).toEqual([2, 2, 2])
  }
  await batched(4, { answer: measures, end, errors: [tooMuchQueued] }, work, { requests: 2 })
})

test('a server that is busy when a batch is handed in uses up no tries of its requests', async () => {
  const trouble = (asked: string, number: number) =>
    asked === 'POST /v1/batches' && number <= 5 ? 429 : undefined
  await batched(2, { answer: measures, trouble }, async run => {
    await run.run()
    expect(await answers(run)).toEqual(['8', '9'])
    expect(await left(run)).toEqual([])
  })
})

test('the account holds the calls of batches, at half the price, also where it is looked at twice', async () => {
  const usage = { prompt_tokens: 1_000_000, completion_tokens: 100_000, total_tokens: 1_100_000 }
  const answer = () => ok({ content: '<answer>8</answer>' }, 'stop', { usage })
  await batched(3, { answer }, async run => {
    await run.run()
    const rates = { input: 2, cachedInput: 2, cacheWrite: 2, output: 10 }
    const prices: Prices = [[{ models: ['m'], date: '2026-01-01', source: 'test', ...rates }]]
    const { total } = await costsOf(run.store, prices, 3)
    expect(total).toMatchObject({ calls: 3, unknown: 0, usd: 3 * 1.5, images: 3 })
    expect(total.usage).toMatchObject({ input: 3_000_000, output: 300_000 })
    expect((await costsOf(run.store, [], 3)).total).toMatchObject({ calls: 3, usd: null })
  })
})

test('results that are lost may have been charged, and the account says so', async () => {
  await batched(2, { answer: measures, trouble: gone('GET /v1/files/*/content', 1, 2, 3) }, async run => {
    await run.run()
    expect((await costsOf(run.store, [], 2)).total).toMatchObject({ calls: 8, unknown: 2 })
  })
})

test('a result that is an end by error is one, as online', async () => {
  const error = {
    code: 'content_filter',
    message: 'The response was filtered',
    type: 'invalid_request_error',
  }
  const answer = (body: Arrived['body']) =>
    JSON.stringify(body).includes('picture 2') ? { status: 400, body: { error } } : measures(body)
  await batched(2, { answer }, async (run, server) => {
    await run.run()
    expect(await answers(run)).toEqual(['8', { kind: 'stopped', by: 'content_filter' }])
    await run.run()
    expect(most(server)).toBe(1)
  })
})

test('an empty purse in a result stops the run after what is paid is kept, and the next run goes on', async () => {
  let empty = true
  const error = {
    code: 'insufficient_quota',
    message: 'You exceeded your current quota',
    type: 'insufficient_quota',
  }
  const answer = (body: Arrived['body']) =>
    empty && JSON.stringify(body).includes('picture 2') ? { status: 429, body: { error } } : measures(body)
  await batched(2, { answer }, async (run, server) => {
    await expect(run.run()).rejects.toMatchObject({ fatal: true, message: expect.stringContaining('quota') })
    empty = false
    await run.run()
    expect(await answers(run)).toEqual(['8', '9'])
    expect([...server.asked.values()].filter(times => times > 1)).toEqual([2])
  })
})

test('a refresh asks its batches anew, and finds their replies', async () => {
  await batched(2, { answer: measures }, async (run, server) => {
    await run.run()
    await run.refresh()
    expect(await answers(run)).toEqual(['8', '8', '9', '9'])
    expect(server.sizes()).toEqual([2, 2, 2, 2, 2, 2])
    expect(await left(run)).toEqual([])
  })
})
