import type { Answer } from './ask.ts'

/** What was seen, what was acknowledged, and what must not have happened. */
export interface Witness {
  /** Notes an answer; it is a fault unless its status is one of these, and 503 says when to come again. */
  answered(what: string, answer: Answer | undefined, allowed: readonly number[]): void
  /** Something that must not happen has happened. */
  fault(sentence: string): void
  /** Counts something that was acknowledged. */
  acknowledged(what: string): void
  /** A token was taken this many milliseconds after its end. */
  late(where: string, milliseconds: number): void
  readonly faults: readonly string[]
  /** The latest at each place, in seconds. */
  latest(): string
  /** Each kind of answer, and how often it came. */
  seen(): string
  acts(): string
  /** Acknowledged acts in all. */
  total(): number
  /** Prints what happens, with its time. */
  event(sentence: string): void
  /** The longest time without an acknowledged act since the last call, in seconds. */
  pause(): number
}

export function createWitness(): Witness {
  const seen = new Map<string, number>()
  const acts = new Map<string, number>()
  const latest = new Map<string, number>()
  const faults: string[] = []
  const began = performance.now()
  let lastAct = began
  let longest = 0
  const count = (counts: Map<string, number>, what: string): void => {
    counts.set(what, (counts.get(what) ?? 0) + 1)
  }
  const listed = (counts: Map<string, number>): string =>
    [...counts]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([what, times]) => `${times} ${what}`)
      .join(', ')
  const fault = (sentence: string): void => {
    const second = ((performance.now() - began) / 1000).toFixed(1)
    faults.push(`${second} s: ${sentence}`)
  }
  return {
    faults,
    fault,
    answered: (what, answer, allowed) => {
      count(seen, `${what} ${answer?.status ?? 'without an answer'}`)
      if (answer === undefined) return
      if (!allowed.includes(answer.status)) {
        fault(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`)
      }
      if (answer.status === 503 && !(Number(answer.headers['retry-after']) > 0)) {
        fault(`${what}: 503 without Retry-After`)
      }
    },
    late: (where, milliseconds) =>
      void latest.set(where, Math.max(milliseconds, latest.get(where) ?? 0)),
    latest: () =>
      [...latest].map(([where, most]) => `${(most / 1000).toFixed(1)} s at ${where}`).join(', '),
    acknowledged: (what) => {
      count(acts, what)
      const now = performance.now()
      longest = Math.max(longest, now - lastAct)
      lastAct = now
    },
    seen: () => listed(seen),
    acts: () => listed(acts),
    total: () => [...acts.values()].reduce((sum, times) => sum + times, 0),
    event: (sentence) => {
      const second = ((performance.now() - began) / 1000).toFixed(1)
      process.stdout.write(`chaos, ${second} s: ${sentence}\n`)
    },
    pause: () => {
      const seconds = longest / 1000
      longest = 0
      return seconds
    },
  }
}
