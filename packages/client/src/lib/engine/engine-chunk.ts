type EngineModule = typeof import('./engine.ts')

let fetched: EngineModule | undefined

/** The engine, once a store of this page has fetched its chunk: further stores don't wait for it. */
export function engineAtHand(): EngineModule | undefined {
  return fetched
}

/** In a browser the engine is a chunk of its own, so that the first answer does not wait for it. */
export async function fetchEngine(): Promise<EngineModule> {
  return (fetched ??= await import('./engine.ts'))
}
