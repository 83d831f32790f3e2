class Turn<T> {
  readonly to: T
  constructor(to: T) {
    this.to = to
  }
}

/**
 * The result of a guard that throws to turn a person away, for a router whose guards return: `true`, or what was
 * passed to `turn`.
 */
export async function turned<T>(
  guard: (turn: (to: T) => unknown) => Promise<unknown>,
): Promise<T | true> {
  try {
    await guard((to) => new Turn(to))
    return true
  } catch (thrown) {
    if (thrown instanceof Turn) return (thrown as Turn<T>).to
    throw thrown
  }
}
