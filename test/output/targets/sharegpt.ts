import type { ParquetRow } from '../../../output/columns.ts'

export interface SharegptRow {
  conversations: { from: string; value: string }[]
  system: string
  tools: string
  images: unknown[]
}

export const count = (text: string, of = '<image>'): number => text.split(of).length - 1

/**
 * What LLaMA-Factory (v0.9.5) makes of a row of sharegpt with tools: the calls of each `function_call`. Throws where it
 * would skip the row or stop: see data/converter.py, data/formatter.py and data/mm_plugin.py there.
 */
export function asLlamaFactory(
  row: ParquetRow,
): { thought: string; calls: { name: string; arguments: object }[] }[] {
  const { conversations, images, tools } = row as unknown as SharegptRow
  const even = ['human', 'observation']
  const odd = ['gpt', 'function_call']
  conversations.forEach(({ from }, index) => {
    if (!(index % 2 === 0 ? even : odd).includes(from))
      throw new Error(`invalid role tag ${from} at ${index}`)
  })
  if (conversations.length % 2 !== 0 || conversations[0]?.from !== 'human')
    throw new Error('invalid messages')
  const placeholders = conversations.reduce((sum, { value }) => sum + count(value), 0)
  if (placeholders !== images.length)
    throw new Error('the number of images does not match the number of tokens')
  const names = (
    JSON.parse(tools) as { function: { name: string; parameters: { properties: object } } }[]
  ).map(tool => {
    if (!tool.function.parameters.properties) throw new Error('a tool without properties')
    return tool.function.name
  })
  return conversations.flatMap(({ from, value }) =>
    from === 'function_call' ? [functionCall(value, names)] : [],
  )
}

function functionCall(value: string, names: string[]) {
  if (/<tool_call>.*?<\/tool_call>/s.test(value)) throw new Error('a tool_call block where JSON is meant')
  const thought = /<think>\n(.*?)\n<\/think>\n\n/s.exec(value)
  const parsed: unknown = JSON.parse(thought ? value.replaceAll(thought[0], '') : value)
  const calls = (Array.isArray(parsed) ? parsed : [parsed]) as { name: string; arguments: object }[]
  for (const call of calls) {
    const { arguments: args } = call
    if (typeof args !== 'object' || args === null || Array.isArray(args))
      throw new Error('arguments are no mapping')
    if (!names.includes(call.name)) throw new Error(`unknown tool ${call.name}`)
  }
  return { thought: thought?.[1] ?? '', calls }
}
