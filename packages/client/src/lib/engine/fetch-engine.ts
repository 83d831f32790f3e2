type EngineModule = typeof import('./engine.ts')

let fetched: EngineModule | undefined

/** The engine, if a store of this page has fetched its chunk: further stores don't wait for it. */
export function engineAtHand(): EngineModule | undefined {
  return fetched
}

/** Fetches the engine, which is a chunk of its own in a browser, so that the first answer does not wait for it. */
export async function fetchEngine(): Promise<EngineModule> {
  return (fetched ??= await import('./engine.ts'))
}
