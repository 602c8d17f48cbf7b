import type { CheckContext } from '../check.ts'
import { analysed, read } from './analysis.ts'

const analyser = read('reindented.py')

/** What alone can become something else: blocks, and texts of several lines. */
const sensitive = /:[ \t]*$|"""|'''|^[ \t]*(?:except|elif|else|finally)/m

/**
 * Which cells DeepEyesV2's environment would run as another program, because it indents every line anew
 * (fix_python_indentation in envs/deepeyesv2/deepeyesv2.py) and never ends a block but at `else` and its like. Python's
 * own syntax trees decide; without a Python, or where code brings its parser down, such a cell counts as another one.
 */
export async function reindented(
  codes: readonly string[],
  { analysis }: Partial<Pick<CheckContext, 'analysis'>>,
): Promise<boolean[]> {
  const asked = codes.map(code => sensitive.test(code))
  if (!analysis || !asked.includes(true)) return asked
  const found = await analysed<boolean[]>(analyser, [...codes], { analysis })
  return found.ok ? found.value : asked
}
