import { expect, test } from 'vitest'
import { hashOf } from '../../schemas/hash.ts'
import { Reply } from '../../schemas/trajectory.ts'
import { validator } from '../../schemas/validate.ts'
import type { Teacher, TeacherRequest } from '../../teachers/teacher.ts'
import { image, observation, png, pythonTurn, reply } from '../fixtures.ts'

/** A question that every teacher of the suite can be asked: it has one image and the tool `python`. */
export const question = (changes: Partial<TeacherRequest> = {}): TeacherRequest => ({
  system: 'Solve it.',
  question: [
    { type: 'image', image: image() },
    { type: 'text', text: 'How wide is the image, in pixels?' },
  ],
  turns: [],
  tools: [
    {
      name: 'python',
      description: 'Run Python.',
      parameters: { type: 'object', properties: { code: { type: 'string' } }, required: ['code'] },
    },
  ],
  sample: 0,
  maxTokens: 1000,
  bytes: () => png(),
  ...changes,
})

const { signal } = new AbortController()
const check = validator(Reply)

/** What every teacher must do. `make` gives one that can be asked, and calls `python` before it answers. */
export function teacherConformance(make: () => Promise<Teacher & Partial<AsyncDisposable>>) {
  const teacher = (title: string, work: (teacher: Teacher) => Promise<void>) =>
    test(title, async () => {
      const made = await make()
      try {
        await work(made)
      } finally {
        await made.close?.()
        await made[Symbol.asyncDispose]?.()
      }
    })

  teacher('says what it is in plain data', async ({ name, options, samples }) => {
    expect(name).toMatch(/^[\w.-]+$/)
    expect(JSON.parse(JSON.stringify(options))).toEqual(options)
    expect(Number.isInteger(samples) && samples > 0).toBe(true)
  })

  teacher('gives replies of the schema, with calls where it says so and only there', async asked => {
    const reply = await asked.ask(question(), signal)
    expect(check(reply)).toEqual({ ok: true, value: reply })
    expect(reply.stop === 'calls').toBe(reply.calls.length > 0)
    expect(reply.text).not.toBe('')
    expect(reply.usage.input).toBeGreaterThan(0)
    expect(JSON.parse(JSON.stringify(reply))).toEqual(reply)
  })

  teacher('goes on from its own reply as it was stored', async asked => {
    const first = await asked.ask(question(), signal)
    expect(first.stop).toBe('calls')
    const stored = JSON.parse(JSON.stringify(first)) as typeof first
    const parts = [
      { type: 'text' as const, text: 'result:\n8' },
      { type: 'image' as const, image: image() },
    ]
    const observations = stored.calls.map(({ id }) => observation({ callId: id, parts }))
    const second = await asked.ask(question({ turns: [{ reply: stored, observations }] }), signal)
    expect(check(second)).toMatchObject({ ok: true })
  })

  teacher(
    'takes back calls that were not JSON, results without a word, and turns that another teacher said',
    async asked => {
      const calls = [
        { id: 'call_1', name: 'python', arguments: '{"code": "cut' },
        { id: 'call_2', name: 'no_such_tool', arguments: '' },
      ]
      const said = reply({ text: '', calls, stop: 'calls' })
      const observations = calls.map(({ id }) => observation({ callId: id, parts: [] }))
      const turns = [{ reply: said, observations }, pythonTurn()]
      expect(check(await asked.ask(question({ turns }), signal))).toMatchObject({ ok: true })
    },
  )

  teacher('leaves the request as it was', async asked => {
    const request = question()
    const { bytes: _, ...before } = structuredClone({ ...request, bytes: null })
    await asked.ask(request, signal)
    const { bytes: __, ...after } = request
    expect(hashOf(after)).toBe(hashOf(before))
  })

  teacher('can be asked several things at once', async asked => {
    const replies = await Promise.all([0, 1, 2].map(sample => asked.ask(question({ sample }), signal)))
    for (const reply of replies) expect(check(reply)).toMatchObject({ ok: true })
  })

  teacher('gives up with the reason of its signal', async asked => {
    const reason = new Error('stopped by hand')
    await expect(asked.ask(question(), AbortSignal.abort(reason))).rejects.toBe(reason)
  })

  teacher('can be closed before it is asked, twice, and asked again', async asked => {
    await asked.close?.()
    await asked.ask(question(), signal)
    await asked.close?.()
    await asked.close?.()
    expect(check(await asked.ask(question(), signal))).toMatchObject({ ok: true })
  })
}
