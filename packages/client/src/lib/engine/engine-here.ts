import * as engine from './engine.ts'

/** Outside a browser nothing is downloaded, and nothing has to be waited for. */
export function engineAtHand(): typeof engine | undefined {
  return engine
}

export function fetchEngine(): Promise<typeof engine> {
  return Promise.resolve(engine)
}
