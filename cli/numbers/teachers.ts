import { signalsIn } from '../../checks/signals/signal.ts'
import type { ExportRow } from '../../output/export.ts'
import { grouped } from '../../pipeline/decide/funnel.ts'
import type { Reminder } from '../../schemas/trajectory.ts'
import { table } from '../printed-table.ts'

/** What a teacher does again and again. */
export interface Manners {
  rollouts: number
  /** Reminders that it was given, by what of. */
  reminded: Record<Reminder['kind'], number>
  /** Rows in which signals were looked for. */
  measured: number
  /** In how many of these each signal was seen, by its name. */
  signals: Record<string, number>
}

const noManners = (): Manners => ({
  rollouts: 0,
  reminded: { rationale: 0, answer: 0 },
  measured: 0,
  signals: {},
})

/** Counts by teacher, one row at a time. */
export function mannersCounter() {
  const teachers = grouped(noManners)
  return {
    add({ measured: { trajectory, facts } }: ExportRow) {
      const own = teachers.of(trajectory.teacher.name)
      own.rollouts++
      for (const { reminder } of trajectory.turns) if (reminder) own.reminded[reminder.kind]++
      const seen = signalsIn(facts)
      if (!seen) return
      own.measured++
      for (const name of new Set(seen.map(({ name }) => name)))
        own.signals[name] = (own.signals[name] ?? 0) + 1
    },
    counted: teachers.all,
  }
}

/** How often each signal was seen, of all rows of its teacher in which it was looked for; the most frequent first. */
export const signalTable = (teachers: Record<string, Manners>): string =>
  table(
    Object.entries(teachers).flatMap(([teacher, { signals, measured }]) =>
      Object.entries(signals)
        .sort(([, a], [, b]) => b - a)
        .map(([name, count]) => [
          teacher,
          name,
          `${count} of ${measured}`,
          `${((100 * count) / measured).toFixed(1)} %`,
        ]),
    ),
  )

export const reminderTable = (teachers: Record<string, Manners>): string =>
  table(
    Object.entries(teachers)
      .filter(([, { reminded }]) => reminded.rationale + reminded.answer > 0)
      .map(([teacher, { reminded, rollouts }]) => [
        teacher,
        `${reminded.rationale} of a rationale`,
        `${reminded.answer} of an answer tag`,
        `in ${rollouts} rollouts`,
      ]),
  )
