import { cpus } from 'node:os'

/** One way to do a task, called many times with the number of the call. */
export type Contender = { readonly name: string } & (
  | { readonly run: (at: number) => unknown }
  /** Makes what one call needs, and returns the call; only that is timed. */
  | { readonly prepare: (at: number) => () => unknown }
)

export interface Figure {
  readonly name: string
  /** Microseconds for a call: the median of the rounds. */
  readonly median: number
  readonly least: number
  readonly most: number
}

/** Measured rounds. The rounds before them, which are not measured, let the engine compile. */
const ROUNDS = 9
const WARM_UP = 3

/** Measures contenders in turn, round by round, so that a slow moment of the machine affects all. */
export async function race(contenders: readonly Contender[], calls: number): Promise<Figure[]> {
  const times = contenders.map((): number[] => [])
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const [which, contender] of contenders.entries()) {
      const spent =
        'run' in contender
          ? await timed(contender.run, 0, calls)
          : await timedPrepared(contender.prepare, calls)
      if (round >= 0) times[which]?.push(spent / calls)
    }
  }
  return contenders.map(({ name }, which) => {
    const sorted = (times[which] ?? []).toSorted((a, b) => a - b)
    const [least = 0] = sorted
    return { name, least, median: sorted[ROUNDS >> 1] ?? 0, most: sorted.at(-1) ?? 0 }
  })
}

/** Microseconds of calls. */
async function timed(run: (at: number) => unknown, from: number, calls: number): Promise<number> {
  const began = process.hrtime.bigint()
  for (let at = from; at < from + calls; at++) {
    const result = run(at)
    if (result instanceof Promise) await result
  }
  return Number(process.hrtime.bigint() - began) / 1000
}

/** Calls that are prepared together: few, so that what they need is still in the processor's cache. */
const TOGETHER = 50

async function timedPrepared(
  prepare: (at: number) => () => unknown,
  calls: number,
): Promise<number> {
  let spent = 0
  for (let from = 0; from < calls; from += TOGETHER) {
    const ready = Array.from({ length: TOGETHER }, (_, at) => prepare(from + at))
    spent += await timed((at) => ready[at]?.(), 0, TOGETHER)
  }
  return spent
}

/** The result for one target, printed as one line with `--json`. */
export interface Verdict {
  readonly target: string
  readonly ours: number
  readonly unit: string
  readonly goal: number
  readonly limit: number
  readonly peers: Readonly<Record<string, number>>
  readonly holds: boolean
}

const asJson = process.argv.includes('--json')

/** Prints a table of figures, each also as a multiple of the first. */
export function table(title: string, figures: readonly Figure[]): void {
  if (asJson) return
  const base = figures[0]?.median ?? 1
  console.log(`\n${title}`)
  for (const { name, median, least, most } of figures) {
    const times = (median / base).toFixed(2)
    console.log(
      `  ${name.padEnd(34)}${median.toFixed(2).padStart(9)} us  ${times.padStart(6)}x   (${least.toFixed(2)} to ${most.toFixed(2)})`,
    )
  }
}

export function verdict(one: Verdict): void {
  if (asJson) console.log(JSON.stringify(one))
  else {
    const { target, ours, unit, goal, holds } = one
    console.log(
      `  ${target}: ${ours.toFixed(2)} ${unit}, goal ${goal.toFixed(2)}: ${holds ? 'holds' : 'MISSED'}`,
    )
  }
}

/** Describes the machine that the figures were measured on. */
export function machine(): string {
  return `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), Node ${process.versions.node}`
}

/** The median of a contender's figures by name. */
export function medianOf(figures: readonly Figure[], name: string): number {
  const figure = figures.find((one) => one.name === name)
  if (figure === undefined) throw new Error(`there is no contender '${name}'`)
  return figure.median
}
