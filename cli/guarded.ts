/** Errors leave as one line and an exit status. */
export async function guarded(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    // Not before it is needed: it knows the errors of every room.
    const { explain } = await import('./exit.ts')
    const { text, exit } = explain(error)
    console.error(text)
    process.exitCode = exit
  }
}
