import type { Facts, Pane } from '../kit/pane.ts'

/** A sign-in that a second factor completes. */
export interface Attempt {
  /** The names of the factors that the account has; empty if they are not known. */
  readonly factors: readonly string[]
  /** What can be set up, if the account needs a factor and has none. */
  readonly enrol: readonly string[]
  /** The person who signs in, as they have typed it. */
  readonly login?: string | undefined
  /** Its end, in milliseconds since 1970. */
  readonly until?: number | undefined
}

/** Members of the history's state of our own pages. */
interface Kept {
  readonly keyhaven?: Attempt
}

/**
 * The sign-in of a refusal. A page of our own keeps it with its address, because a phone drops a page while its person
 * reads a mail; who signs in is not kept. Without a refusal: the one that was kept, or the one that the attributes describe.
 */
export function attemptOf({ host }: Pane, { error, login }: Facts): Attempt {
  const isPage = host.hasAttribute('pages')
  if (error?.code === 'second_factor_required') {
    const { factors, enrol = [], expiresIn } = error
    const now = performance.timeOrigin + performance.now()
    const until = expiresIn === undefined ? undefined : now + expiresIn * 1000
    const keyhaven: Attempt = { factors, enrol, until }
    if (isPage) history.replaceState({ keyhaven }, '', host.pageOf('second-factor'))
    return { ...keyhaven, login }
  }
  const { keyhaven } = Object(history.state) as Kept
  if (isPage && keyhaven) return keyhaven
  return { factors: listed(host, 'factors'), enrol: listed(host, 'enrol') }
}

function listed(host: Element, name: string): readonly string[] {
  return host.getAttribute(name)?.match(/\S+/g) ?? []
}
