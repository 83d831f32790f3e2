/** Milliseconds of the first pause; each further one is twice as long, up to the longest. */
const FIRST = 1000
const LONGEST = 30_000

/** Failures in a row, of which any could be the mail's own fault, that begin a pause. */
const UNCLEAR = 3

/** Pauses of sending while the mail server is down, so that not every mail is tried in vain. */
export interface Pauses {
  isOn(): boolean
  /** Something was sent, or the server answered. */
  worked(): void
  /** `isDown`: the failure was of the server, whatever the mail. */
  failed(isDown: boolean): void
}

/** Creates the pauses of one process. */
export function createPauses(now: () => number = () => performance.now()): Pauses {
  let unclear = 0
  let next = FIRST
  let until = -Infinity
  return {
    isOn: () => now() < until,
    worked: () => {
      unclear = 0
      next = FIRST
    },
    failed: (isDown) => {
      // A lane that began before the pause fails in it
      if (now() < until) return
      unclear += 1
      if (!isDown && unclear < UNCLEAR) return
      until = now() + next
      next = Math.min(next * 2, LONGEST)
    },
  }
}
