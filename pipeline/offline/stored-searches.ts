import type { TaskContext } from '../../output/export.ts'
import type { Store } from '../../store/store.ts'
import { ToolError } from '../../tools/tool.ts'
import { recalling } from '../ask/service-answers.ts'
import type { Services } from '../ask.ts'
import type { Settings } from '../config.ts'
import { generationOf } from '../generation.ts'
import { observeOn, observer } from '../rollout/observe.ts'
import { openWorkbench } from '../rollout/tool-context.ts'

const { signal } = new AbortController()

/**
 * What the run's `image_search` finds for a task's first image, as far as anyone in the run has asked for it: a student that
 * was tried, or a teacher. What a leak guard keeps from them is left out. No service is asked.
 */
export const storedImageSearch =
  (config: Settings, store: Store): TaskContext['imageSearch'] =>
  async task => {
    if (!config.tools.some(({ name }) => name === 'image_search')) return undefined
    const question = task.images.map(image => ({ type: 'image' as const, image }))
    const { sandbox } = config
    const services = storedAnswers(store, await generationOf(store))
    const leaks = config.leaks?.judge(task)
    await using bench = openWorkbench(question, { sandbox, store, services, leaks })
    const call = { id: '', name: 'image_search', arguments: '{}' }
    const { data } = await observeOn(bench, call, observer(config.tools), signal)
    return data?.kind === 'results'
      ? { titles: data.results.map(({ title }) => title), images: data.results.map(({ image }) => image) }
      : undefined
  }

const storedAnswers = (store: Store, generation: number): Services => {
  const recall = recalling(store, generation)
  return () => async (service, query) => {
    const { consulted, answer } = await recall(service, query)
    if (consulted.answer === undefined) throw new ToolError('This was never asked.')
    return answer as never
  }
}
