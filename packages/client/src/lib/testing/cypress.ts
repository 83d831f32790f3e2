import type { TestCookie } from './cookies.ts'
import type { TestSessionOptions } from './options.ts'
import { testSession } from './test-session.ts'
import type { TestSession } from './test-session.ts'

/** The arguments of `cy.setCookie`. */
export type CypressCookie = readonly [
  name: string,
  value: string,
  options: {
    readonly domain: string
    readonly path: string
    readonly httpOnly: boolean
    readonly secure: boolean
    readonly sameSite: 'strict' | 'lax'
    readonly expiry?: number
  },
]

/** A session that a task of Cypress returns. */
export interface CypressSession extends TestSession {
  /** One call of `cy.setCookie` each. */
  readonly setCookies: readonly CypressCookie[]
}

/**
 * Opens a session in a task of Cypress, which runs in Node; the test sets its cookies.
 * @throws Error with one sentence that names what to change.
 */
export async function cypressSession(options: TestSessionOptions): Promise<CypressSession> {
  const session = await testSession(options)
  return { ...session, setCookies: session.cookies.map(argumentsOf) }
}

function argumentsOf({ name, value, expires, sameSite, ...more }: TestCookie): CypressCookie {
  const lower = sameSite === 'Lax' ? 'lax' : 'strict'
  return [name, value, { ...more, sameSite: lower, ...(expires >= 0 && { expiry: expires }) }]
}
