import { engineAtHand, fetchEngine } from '#engine'
import type { Reply } from '../calls/results.ts'
import { askFirst, firstAnswer, unasked } from '../state/first-answer.ts'
import type { FirstAnswer } from '../state/first-answer.ts'
import { createListeners } from '../state/listeners.ts'
import type { Listeners } from '../state/listeners.ts'
import { offline, signedOut } from '../state/states.ts'
import type { Engine, EngineOptions } from './engine.ts'

/** Milliseconds until a chunk that could not be fetched is fetched again. */
const RETRY = 10_000

/** A page until its engine runs: the boot call, and the engine's chunk, which is fetched beside it. */
export interface EngineLoader<C> {
  readonly listeners: Listeners
  /** The engine, once it runs. */
  readonly engine: () => Engine<C> | undefined
  /** What the page knows: by the engine, or by the boot call. */
  readonly known: () => Pick<FirstAnswer, 'state' | 'view'>
  /** Resolves with the running engine; rejects if its chunk can't be fetched now. */
  readonly started: () => Promise<Engine<C>>
  /** Starts the engine, and retries if its chunk can't be fetched. */
  readonly load: () => void
  /** Makes the one boot call, if it is still needed. */
  readonly boot: () => void
  /** The boot call, if it was made. */
  readonly bootCall: () => Promise<Reply> | undefined
  /** Hides a person who signs out before the engine runs. */
  readonly leave: () => void
}

/** Creates the loader of one store. It calls nothing yet. */
export function createEngineLoader<C>(
  given: Pick<EngineOptions, 'runtime' | 'service' | 'origins' | 'warnBefore'>,
): EngineLoader<C> {
  const { runtime, service } = given
  const { href } = service
  // A version that sends other messages uses another name, and elects its own leader
  const name = `keyhaven 2 ${href}`
  // All versions read the same remembered sign-outs
  const wishName = `keyhaven left ${href}`
  const listeners = createListeners()
  let first = unasked
  let engine: Engine<C> | undefined
  let starting: Promise<Engine<C>> | undefined
  let isLost = false
  let isWanted = false

  const show = (answer: FirstAnswer): void => {
    // Without its engine the page would not notice that a person is gone
    const isKnown = !isLost || answer.state.leaving
    first = isKnown ? answer : { ...answer, state: offline }
    listeners.emit('change')
  }
  const start = async (): Promise<Engine<C>> => {
    try {
      const { createEngine } = engineAtHand() ?? (await fetchEngine())
      engine = createEngine<C>({ ...given, name, wishName, listeners, first })
      // Only now, so that listeners which it calls see the engine
      engine.start()
      // The sign-out that kept the boot call back may be over by now
      if (isWanted) engine.settle()
      return engine
    } catch (fault) {
      starting = undefined
      isLost = true
      runtime.after(RETRY, load)
      show(first)
      throw fault
    }
  }
  const started = (): Promise<Engine<C>> => (starting ??= start())
  const load = (): void => void started().catch(() => {})
  return {
    listeners,
    engine: () => engine,
    known: () => engine?.known() ?? first,
    started,
    load,
    boot: () => {
      isWanted = true
      // A sign-out that the browser remembers comes first
      if (engine || first.call || runtime.remember(wishName) !== null) return
      const call = askFirst(runtime, href).then((reply) => {
        const answer = firstAnswer(call, reply, runtime.now())
        if (!engine && !first.state.leaving) show(answer)
        return reply
      })
      first = { ...first, call }
    },
    bootCall: () => first.call,
    leave: () => {
      if (engine || !first.view) return
      runtime.remember(wishName, first.view.session.id)
      show({ ...first, state: signedOut('signed_out', true) })
    },
  }
}
