import type { Runtime } from '../runtime.ts'

/** Requests the lead among all tabs while it is wanted, and gives it up after that. The leader holds the stream. */
export function createLeader(
  runtime: Runtime,
  name: string,
  leads: () => void,
): (wanted: boolean) => void {
  let seeking: AbortController | undefined
  return (wanted) => {
    if (wanted === !!seeking) return
    seeking?.abort()
    seeking = wanted ? new AbortController() : undefined
    const signal = seeking?.signal
    if (!signal) return
    void runtime.lock(
      `${name} lead`,
      signal,
      () =>
        new Promise((resolve) => {
          if (signal.aborted) return resolve()
          signal.addEventListener('abort', () => resolve())
          leads()
        }),
    )
  }
}
