/** Milliseconds after which the same sentence is logged again. */
const AGAIN = 60_000

/** Lines in a minute. */
const MOST = 12

/** Creates a log that can't be flooded: each sentence once a minute, and at most a dozen lines. */
export function createNotices(
  log: (line: string) => void,
  now: () => number,
): (sentence: string) => void {
  let reported = new Map<string, number>()
  let minute = now()
  let lines = 0
  return (sentence) => {
    const at = now()
    if (at - minute >= AGAIN) {
      minute = at
      lines = 0
      reported = new Map([...reported].filter(([, then]) => at - then < AGAIN))
    }
    const then = reported.get(sentence)
    if (lines >= MOST || (then !== undefined && at - then < AGAIN)) return
    lines += 1
    reported.set(sentence, at)
    log(lines < MOST ? sentence : `${sentence} (further lines of this minute are held back)`)
  }
}
