import { BudgetError, ConfigError, DeadlineError, NotStored } from '../pipeline/errors.ts'
import { SandboxError } from '../sandbox/sandbox.ts'
import { InputError } from '../schemas/input-error.ts'
import { type MachineFault, machineFault } from '../schemas/machine-fault.ts'
import { LockedError, StoreError } from '../store/errors.ts'
import { FolderError } from '../store/folder.ts'
import { RemoteError } from '../store/remote/remote-error.ts'
import { TeacherError } from '../teachers/teacher.ts'
import { ToolUnavailable } from '../tools/tool.ts'
import { WorkersError } from '../workers/worker-pool.ts'
import type { ExitStatus } from './exits.ts'
import { interrupted } from './interrupts.ts'

/** The one line for the user, and the exit status. An unexpected error keeps its stack: it is ours to mend. */
export function explain(error: unknown): { text: string; exit: ExitStatus } {
  if (error instanceof SuppressedError) return explain(error.suppressed)
  if (error instanceof ConfigError) return { text: cut(error.message), exit: 2 }
  if (error instanceof InputError)
    return { text: cut(error.message), exit: exitOf(machineFault(error.cause)) }
  if (error instanceof BudgetError) return { text: error.message, exit: 4 }
  if (error instanceof DeadlineError) return { text: error.message, exit: 9 }
  if (error instanceof NotStored) return { text: error.message, exit: 5 }
  if (error instanceof LockedError) return { text: error.message, exit: 75 }
  if (error instanceof WorkersError) return { text: error.message, exit: 69 }
  if (error instanceof SandboxError || error instanceof TeacherError || error instanceof ToolUnavailable)
    return { text: error.message, exit: 69 }
  if (error instanceof RemoteError) return { text: cut(lineOf(error)), exit: 69 }
  if (error instanceof FolderError) return { text: `${error.message}; choose another folder`, exit: 74 }
  const fault = machineFault(error instanceof StoreError ? error.cause : error)
  if (fault && error instanceof Error) {
    const text = `${cut(lineOf(error))} (${fault.words}); ${fault.cure}, then run the same command again`
    return { text, exit: exitOf(fault) }
  }
  if (error instanceof StoreError) return { text: cut(lineOf(error)), exit: 74 }
  if (error instanceof Error && error.name === 'AbortError') return interrupted
  return { text: error instanceof Error ? (error.stack ?? error.message) : String(error), exit: 1 }
}

/** Input that the machine does not give is not wrong. */
const exitOf = (fault: MachineFault | undefined): ExitStatus => (fault ? statuses[fault.kind] : 2)

const statuses = { disk: 74, means: 69, busy: 75 } as const

/** A line stays one line, whatever stands in a file or in a config. */
const cut = (text: string): string => text.replace(/^(.{500}).+$/gm, '$1…')

const lineOf = ({ message }: Error) => message.replace(/\s+/g, ' ')
