import type { Skill } from './skill.ts'
import { chart } from './skills/chart.ts'
import { flags } from './skills/flags.ts'
import { grid } from './skills/grid.ts'
import { lines } from './skills/lines.ts'
import { shapes } from './skills/shapes.ts'
import { squares } from './skills/squares.ts'

/** All the program can do. The first that fits a question takes it. */
export const skills: readonly Skill[] = [flags, lines, grid, squares, shapes, chart]
