/** A page that is looked into from outside. */
interface Evaluated {
  evaluate(expression: string): Promise<unknown>
}

/** Resolves when the row with this number is the open one and its pictures are drawn. */
export const opened = (page: Evaluated, number: number) =>
  settled(
    page,
    `document.querySelector('[aria-selected=true]')?.getAttribute('aria-rowindex') === '${number}' &&
      [...document.querySelectorAll('article canvas')].filter(({ width }) => width !== 300).length === 5`,
  )

/** The page looks itself at each frame: its policy lets nobody else's script wait in it. */
export const settled = (page: Evaluated, what: string) =>
  page.evaluate(
    `new Promise(done => { const look = () => ${what} ? done() : requestAnimationFrame(look); look() })`,
  )
