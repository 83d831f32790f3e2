/**
 * Reads, writes (with a value) or removes (with `null`) the browser's memory of a sign-out that the service has not
 * confirmed yet: the id of the session, which is no secret and no credential. The client stores nothing else,
 * and this only until the answer; see docs/decisions/sign-out-wish.md. `null` in a browser without storage.
 */
export function rememberWish(name: string, value?: string | null): string | null {
  try {
    const { localStorage } = window
    if (value === null) localStorage.removeItem(name)
    else if (value !== undefined) localStorage.setItem(name, value)
    return localStorage.getItem(name)
  } catch {
    return null
  }
}
