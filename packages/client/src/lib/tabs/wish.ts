/**
 * What the browser remembers of a sign-out that the service has not confirmed yet: the id of the
 * session, which is no secret and opens nothing. It is the only thing that the client ever stores, from
 * the sign-out until its answer; see docs/decisions/sign-out-wish.md. With a value it is written, with
 * `null` removed. A browser without storage remembers nothing.
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
