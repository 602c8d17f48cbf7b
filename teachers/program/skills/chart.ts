import type { Seen, Skill, Step } from '../skill.ts'
import { type Reading, solve } from './chart-question.ts'
import { conclude, failure, giveUp, printed, run, script } from './script.ts'

const look = script('chart-look.py')
const readLabels = script('chart-labels.py')
const readMarks = script('chart-read.py')

/** Questions about a bar or line chart: reads labels by OCR and values by measuring the marks against the axis. */
export const chart: Skill = {
  name: 'chart',
  fits: question => /\b(chart|graph|plot)\b/i.test(question),
  next(seen) {
    const failed = failure(seen)
    if (failed) return giveUp(failed)
    const first = [findAxes, ocr, measure][seen.steps.length]
    return first ? first(seen) : work(seen)
  },
}

const findAxes = (seen: Seen): Step =>
  run(
    seen,
    [
      'I want numbers, not impressions. First I find the plot area, the ticks of both axes and the colours of the marks.',
      'To read the chart exactly I need its geometry: where the axes are, where their ticks are, and what colours are plotted.',
      'Let me begin with the layout of the chart: axes, ticks, and whether it shows bars or lines.',
    ],
    look(),
  )

const ocr = (seen: Seen): Step =>
  run(
    seen,
    [
      'The ticks are found. I cut out the label at each of them, put them on one sheet, enlarged, and read it by OCR.',
      'Next I need to know what the ticks stand for. Small labels read badly in place, so I enlarge them on a sheet of their own.',
      'Now the labels: each tick has one beside it, which I crop, turn upright where needed, and read.',
    ],
    readLabels(),
  )

const measure = (seen: Seen): Step =>
  run(
    seen,
    [
      'With the labels of the value axis I can turn pixels into values. I fit that scale and measure where each mark ends.',
      'I have both axes in words now. I calibrate the value axis with its tick labels and read every mark.',
      'The tick labels give the scale. I measure each mark in pixels and convert it.',
    ],
    readMarks(),
  )

function work(seen: Seen): Step {
  const agree = Number(printed(seen).match(/scale: (\d+) of/)?.[1])
  const readings = readingsOf(printed(seen))
  if (!(agree >= 3))
    return giveUp('The labels of the value axis do not give a scale, so I cannot read values.')
  if (readings.length === 0) return giveUp('I find no marks whose values I could read.')
  const solution = solve(seen.question, readings)
  if (!solution) return giveUp('What the question names is not among the labels that I could read.')
  const result = printed(seen).match(/^result: (\S+)/m)?.[1]
  if (solution.kind === 'answer') return conclude(seen, [solution.because], solution.answer)
  if (result !== undefined) return conclude(seen, [solution.because], result)
  return run(seen, [solution.plan], solution.code)
}

const readingsOf = (text: string): Reading[] =>
  [...text.matchAll(/^reading: (?:(.*) \| )?(.*) = (-?[\d.e+]+)$/gm)].map(
    ([, series = '', label = '', value]) => ({
      key: series ? `${series} | ${label}` : label,
      series,
      label,
      value: Number(value),
    }),
  )
