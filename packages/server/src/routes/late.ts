type Rare = typeof import('./rare.ts')

/** An endpoint of `rare.ts`, for a row of the table. */
export function late<N extends keyof Rare>(name: N): () => Promise<Rare[N]> {
  return async () => (await import('./rare.ts'))[name]
}
