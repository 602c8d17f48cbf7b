import { expect, test } from 'vitest'
import { replyKey, teacherAdapter } from '../../../pipeline/ask/ask-teacher.ts'
import { asker } from '../../../pipeline/ask/asker.ts'
import type { Reply } from '../../../schemas/trajectory.ts'
import { openSqliteStore } from '../../../store/sqlite.ts'
import type { Store } from '../../../store/store.ts'
import type { TeacherRequest } from '../../../teachers/teacher.ts'
import { observation, pythonTurn, reply, temporaryFolder } from '../../fixtures.ts'
import { scripted } from '../scripted.ts'

const { signal } = new AbortController()
const paidOnce = (store: Store) => asker(teacherAdapter(), store, {})

const request = (changes: Partial<TeacherRequest> = {}): TeacherRequest => ({
  system: 'Solve it.',
  question: [{ type: 'text', text: 'How wide?' }],
  turns: [],
  tools: [],
  sample: 0,
  maxTokens: 100,
  bytes: () => Promise.reject(new Error('nobody needs the bytes')),
  ...changes,
})

async function withStore(work: (store: Store) => Promise<void>) {
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(folder.path)
  await work(store)
}

const numbered = () => {
  let number = 0
  return scripted(() => ({ text: `reply ${++number}` }))
}

test('the same request is asked once, also by another process', () =>
  withStore(async store => {
    const teacher = numbered()
    expect((await paidOnce(store)(teacher, request(), signal)).text).toBe('reply 1')
    expect((await paidOnce(store)(teacher, request(), signal)).text).toBe('reply 1')
    expect(teacher.asked).toHaveLength(1)
  }))

test('two that ask the same at the same time share one call', () =>
  withStore(async store => {
    const teacher = numbered()
    const ask = paidOnce(store)
    const replies = await Promise.all([ask(teacher, request(), signal), ask(teacher, request(), signal)])
    expect(replies.map(({ text }) => text)).toEqual(['reply 1', 'reply 1'])
    expect(teacher.asked).toHaveLength(1)
  }))

test('what the tools are for is no part of a request', () =>
  withStore(async store => {
    const teacher = numbered()
    const ask = paidOnce(store)
    await ask(teacher, request(), signal)
    const told = request({ kinds: new Map([['python', 'code']]) })
    expect((await ask(teacher, told, signal)).text).toBe('reply 1')
  }))

const others: [string, Partial<TeacherRequest>][] = [
  ['sample', { sample: 1 }],
  ['system prompt', { system: 'Solve it well.' }],
  ['question', { question: [{ type: 'text', text: 'How high?' }] }],
  ['length', { maxTokens: 101 }],
  ['tool', { tools: [{ name: 'python', description: '', parameters: {} }] }],
  ['turn before', { turns: [pythonTurn()] }],
]

test.each(others)('another %s is another request', (_, changes) =>
  withStore(async store => {
    const teacher = numbered()
    const ask = paidOnce(store)
    await ask(teacher, request(), signal)
    expect((await ask(teacher, request(changes), signal)).text).toBe('reply 2')
  }),
)

test('another observation before, another teacher and other options are other requests', () =>
  withStore(async store => {
    const ask = paidOnce(store)
    const texts = new Set<string>()
    const turn = pythonTurn()
    const seen = { ...turn, observations: turn.observations.map(each => ({ ...each, parts: [] })) }
    for (const turns of [[turn], [seen]])
      texts.add(
        (
          await ask(
            scripted(() => ({ text: `${texts.size}` })),
            request({ turns }),
            signal,
          )
        ).text,
      )
    for (const change of [{ name: 'other' }, { options: { temperature: 1 } }])
      texts.add(
        (
          await ask(
            scripted(() => ({ text: `${texts.size}` }), change),
            request(),
            signal,
          )
        ).text,
      )
    expect(texts.size).toBe(4)
  }))

test('a reply that was stored long ago is found: its key never changes', () => {
  const turn = {
    reply: reply({
      text: 'I look.',
      reasoning: 'hm',
      calls: [{ id: 'c1', name: 'python', arguments: '{"code":"1"}' }],
      stop: 'calls',
      raw: { a: 1 },
    }),
    observations: [observation({ callId: 'c1', parts: [{ type: 'text', text: '1' }] })],
  }
  const asked = request({
    question: [
      {
        type: 'image',
        image: { sha256: 'a'.repeat(64), pixels: 'b'.repeat(64), mime: 'image/png', width: 8, height: 9 },
      },
      { type: 'text', text: 'How wide?' },
    ],
    turns: [turn],
    tools: [{ name: 'python', description: 'Run Python.', parameters: { type: 'object' } }],
    sample: 1,
  })
  const key = '8424c0d756b02e410674b8305aa81810b90b310d88939c87a7d2bb98c9f7895d'
  const teacher = { name: 't', options: { model: 'm', temperature: 1 } }
  expect([0, 2].map(generation => replyKey(teacher, asked, generation))).toEqual([key, `${key}@2`])
})

test('a reply is durable before anyone sees it', () =>
  withStore(async store => {
    const events: string[] = []
    const watched: Store = {
      ...store,
      async put(table, key, value) {
        const kept = await store.put(table, key, value)
        events.push(`${table} kept`)
        return kept
      },
    }
    await paidOnce(watched)(numbered(), request(), signal).then(() => events.push('seen'))
    expect(events).toEqual(['answerers kept', 'replies kept', 'seen'])
    const [stored] = await Array.fromAsync(store.scan<Reply>('replies'))
    expect(stored?.value).toEqual(reply({ text: 'reply 1' }))
  }))

test('a reply that could not be kept is not given out, and the next one asks again', () =>
  withStore(async store => {
    const teacher = numbered()
    const full: Store = { ...store, put: () => Promise.reject(new Error('database or disk is full')) }
    await expect(paidOnce(full)(teacher, request(), signal)).rejects.toThrow('disk is full')
    expect((await paidOnce(store)(teacher, request(), signal)).text).toBe('reply 2')
  }))

test('a provider that fails is asked again by the next who wants the same', () =>
  withStore(async store => {
    let broken = true
    const teacher = scripted(() => {
      if (broken) throw new Error('the wire broke')
      return { text: 'mended' }
    })
    const ask = paidOnce(store)
    await expect(ask(teacher, request(), signal)).rejects.toThrow('the wire broke')
    broken = false
    expect((await ask(teacher, request(), signal)).text).toBe('mended')
  }))
