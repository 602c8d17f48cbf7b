/** Writes that nobody waits for one by one: a store commits together what comes together. */
export interface Writes {
  /** Waits where as many as may be are under way. Rejects where one of them did. */
  add(write: Promise<unknown>): Promise<void>
  /** Resolves when all are durable. */
  end(): Promise<void>
}

/** With at most so many writes under way. */
export function writesUnderWay(most: number): Writes {
  let page: Promise<unknown>[] = []
  async function end() {
    const under = page
    page = []
    await Promise.all(under)
  }
  return {
    async add(write) {
      // It is thrown to whoever waits for all.
      write.catch(() => {})
      page.push(write)
      if (page.length >= most) await end()
    },
    end,
  }
}
