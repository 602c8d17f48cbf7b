import type { Chart } from './chart.ts'
import { checksByLabelChart } from './checks-by-label.ts'
import { costChart } from './cost.ts'
import { difficultyChart } from './difficulty.ts'
import { funnelChart } from './funnel.ts'
import { lengthsChart } from './lengths.ts'
import { licencesChart } from './licences.ts'
import { mistakesChart } from './mistakes.ts'
import { toolMixChart } from './tool-mix.ts'
import { turnsChart } from './turns.ts'

/** Every chart, in the order in which a person wants them. */
export const allCharts: readonly Chart[] = [
  funnelChart,
  costChart,
  toolMixChart,
  mistakesChart,
  turnsChart,
  difficultyChart,
  checksByLabelChart,
  licencesChart,
  lengthsChart,
]
