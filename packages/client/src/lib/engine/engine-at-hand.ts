import * as engine from './engine.ts'

/** The engine: outside a browser it is loaded with its importer. */
export function engineAtHand(): typeof engine | undefined {
  return engine
}

/** The same, as a promise. */
export function fetchEngine(): Promise<typeof engine> {
  return Promise.resolve(engine)
}
