import type { TaskContext } from '../../output/export.ts'
import { ToolError } from '../../tools/tool.ts'
import { recalling } from '../ask/service-answers.ts'
import type { Services } from '../ask.ts'
import { observeOn, openToolContexts } from '../rollout/tool-contexts.ts'
import type { Run } from '../run.ts'

/**
 * What the run's image search finds for a task's first image, if a student that was tried or a teacher has asked for
 * it. Results that a leak guard removes are left out. No service is asked.
 */
export function storedImageSearch(run: Run): TaskContext['imageSearch'] {
  const { sandbox, tools, leaks } = run.config
  const services = storedAnswers(run)
  return async task => {
    const tool = tools.find(({ kind }) => kind === 'image_search')
    if (!tool) return undefined
    const { store } = run
    const question = task.images.map(image => ({ type: 'image' as const, image }))
    await using bench = openToolContexts(question, { sandbox, store, services, leaks: leaks?.judge(task) })
    const { data } = await observeOn(bench, { id: '', name: tool.name, arguments: '{}' }, run)
    return data?.kind === 'results'
      ? { titles: data.results.map(({ title }) => title), images: data.results.map(({ image }) => image) }
      : undefined
  }
}

function storedAnswers({ store, generation }: Run): Services {
  const recall = recalling(store, generation)
  return () => async (service, query) => {
    const { consulted, answer } = await recall(service, query)
    if (consulted.answer === undefined) throw new ToolError('This was never asked.')
    return answer as never
  }
}
