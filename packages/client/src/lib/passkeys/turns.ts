import type { CeremonyAnswer } from './ceremony-answer.ts'
import { refused } from './browser-refusals.ts'

// A browser has one ceremony at a time: it refuses a second one, or ends the first

/** Milliseconds for a browser, or the extension of a password manager, to end a ceremony. Some never do. */
const ENDS = 500

interface Running {
  readonly abort: AbortController
  readonly over: Promise<unknown>
}

/** The page's acts with a dialog, the latest last. */
const acts = new Set<symbol>()
const listeners = new Set<() => void>()
let running: Running | undefined

/** Runs an act with a dialog. It ends the ceremony that runs, and the latest of several goes on. */
export async function inAct<T>(work: (turn: symbol) => Promise<T>): Promise<T> {
  const turn = Symbol('act')
  acts.add(turn)
  running?.abort.abort()
  try {
    return await work(turn)
  } finally {
    acts.delete(turn)
    if (acts.size === 0) for (const listener of listeners) listener()
  }
}

/** Whether the page has an act with a dialog. */
export function isBusy(): boolean {
  return acts.size > 0
}

/** Resolves when the page has no act with a dialog, or the signal fires. */
export function untilFree(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (acts.size === 0 || signal.aborted) return resolve()
    const listener = (): void => {
      listeners.delete(listener)
      signal.removeEventListener('abort', listener)
      resolve()
    }
    listeners.add(listener)
    signal.addEventListener('abort', listener)
  })
}

/** Runs a ceremony once the former one, which it ends, is over. Without `turn` it gives way to every act. */
export async function inTurn(
  turn: symbol | undefined,
  ceremony: (signal: AbortSignal) => Promise<CeremonyAnswer>,
  signal?: AbortSignal,
): Promise<CeremonyAnswer> {
  if ([...acts].at(-1) !== turn) return refused('passkey_replaced')
  const former = running
  former?.abort.abort()
  const abort = new AbortController()
  const end = (): void => abort.abort()
  if (signal?.aborted) end()
  signal?.addEventListener('abort', end)
  const over = Promise.race([
    Promise.resolve(former?.over).then(() => ceremony(abort.signal)),
    lateEnd(abort.signal),
  ])
  const mine = { abort, over }
  running = mine
  try {
    return await over
  } finally {
    signal?.removeEventListener('abort', end)
    if (running === mine) running = undefined
  }
}

/** The answer of a ceremony that does not end with its signal. */
function lateEnd(signal: AbortSignal): Promise<CeremonyAnswer> {
  return new Promise((resolve) => {
    const end = (): void => resolve(refused('passkey_replaced'))
    signal.addEventListener('abort', () => setTimeout(end, ENDS))
    if (signal.aborted) end()
  })
}
