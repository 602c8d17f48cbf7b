import { random } from '../../examples/demo/random.ts'
import { askServices } from '../../pipeline/ask/ask-service.ts'
import type { Settings } from '../../pipeline/config.ts'
import { observer } from '../../pipeline/rollout/observe.ts'
import { observeOn, openToolContexts } from '../../pipeline/rollout/tool-contexts.ts'
import { hashOf } from '../../schemas/hash.ts'
import type { ToolCall, Trajectory } from '../../schemas/trajectory.ts'
import { keepImage } from '../../store/images.ts'
import type { Store } from '../../store/store.ts'
import type { Hand } from './fault.ts'

/** Whose hand it is: `seed` decides what is chosen by chance, `others` are other good rows of the part. */
export interface Whose {
  seed: string
  others: readonly Trajectory[]
}

/** What faults are planted with, over a run's own sandbox, tools and store. */
export function handOf({ seed, others }: Whose, config: Settings, store: Store): Hand {
  const { signal } = new AbortController()
  const observe = observer(config.tools)
  const stateful = new Set(config.tools.filter(tool => tool.stateful).map(({ name }) => name))
  const chance = random(seed)
  return {
    chance,
    word: ways => chance.pick(ways),
    others,
    async perform(before, { thought, code }) {
      await using bench = openToolContexts(before.question, {
        sandbox: config.sandbox,
        store,
        services: askServices(store),
      })
      for (const { reply, observations } of before.turns)
        for (const [index, call] of reply.calls.entries())
          if (stateful.has(call.name)) await observeOn(bench, call, { observe, signal })
          else bench.show(observations[index]?.parts ?? [])
      const call: ToolCall = {
        id: `call_${hashOf([before.turns.length, code]).slice(0, 24)}`,
        name: 'python',
        arguments: JSON.stringify({ code }),
      }
      const seen = await observeOn(bench, call, { observe, signal })
      const { usage, model } = before.turns[0]?.reply ?? noUsage
      const reply = {
        text: thought,
        reasoning: null,
        calls: [call],
        stop: 'calls' as const,
        usage,
        model,
        raw: null,
      }
      return { reply, observations: [seen] }
    },
    bytes: image => store.getBlob(image.sha256),
    keep: bytes => keepImage(store, bytes),
  }
}

const noUsage = { usage: { input: 0, output: 0, cached: 0, reasoning: 0 }, model: 'planted' }
