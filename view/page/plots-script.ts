import { allCharts } from '../../charts/all.ts'
import { chartCells, headsOf, isNumber } from '../../charts/cells.ts'
import { toldColumns, toldIn } from '../../charts/told.ts'

const parts = { allCharts, chartCells, headsOf, isNumber, toldColumns, toldIn }

/** What the script that draws plots brings. */
export type PlotParts = typeof parts

/** The page finds them by this name: a classic script gives nothing to another one that imports it. */
Object.assign(globalThis, { kindlingPlots: parts })
