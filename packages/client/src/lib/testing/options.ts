import { checkOptions, duration, option } from '@keyhaven/core/errors'
import type { OptionCheck } from '@keyhaven/core/errors'
import { isLoopback } from '../is-loopback.ts'

/** Whom a test signs in, and for how long. */
export interface TestSessionOptions {
  /** The URL of the service: its `KEYHAVEN_URL`, on this machine. */
  readonly url: string
  /** The scopes of the session. Without scopes and roles it has those of every new account. */
  readonly scopes?: readonly string[]
  /** Roles of the account. Without them it gets those that grant the scopes most precisely. */
  readonly roles?: readonly string[]
  /**
   * The address, user name or id of an account, which is made if it is missing. Without it each call makes a
   * new person, so that no test disturbs another.
   */
  readonly account?: string
  /** The password of a new account, for tests that type it, such as a step-up. */
  readonly password?: string
  /** Whether the browser keeps the session when it closes. */
  readonly remember?: boolean
  /** How long ago the person signed in, such as `11m`: after ten minutes a step-up is needed. */
  readonly age?: string
  /** When the session ends unless the person acts, such as `45s`. */
  readonly idleIn?: string
  /** When the session ends in any case, such as `5s`. */
  readonly endsIn?: string
}

const aList: OptionCheck = (value) =>
  Array.isArray(value) && value.every((one) => typeof one === 'string')
    ? undefined
    : "must be a list of names, like ['notes:read']"

const aTime: OptionCheck = (value) => {
  try {
    duration(String(value))
    return undefined
  } catch {
    return 'must be a duration such as 45s, 11m, 8h or 30d'
  }
}

const checks: Readonly<Record<keyof TestSessionOptions, OptionCheck>> = {
  url: option.aText,
  scopes: aList,
  roles: aList,
  account: option.aText,
  password: option.aText,
  remember: (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
  age: aTime,
  idleIn: aTime,
  endsIn: aTime,
}

/**
 * The service, and the body of the call. @throws TypeError for a wrong option; Error for a URL of
 * another machine, which gets no key.
 */
export function readOptions(options: TestSessionOptions): {
  readonly service: URL
  readonly body: object
} {
  checkOptions('signInAs', options, checks)
  const { url, age, idleIn, endsIn, ...wanted } = options
  const seconds = (time: string | undefined): number | undefined =>
    time === undefined ? undefined : duration(time)
  const times = { age: seconds(age), idleIn: seconds(idleIn), endsIn: seconds(endsIn) }
  return { service: serviceAt(url), body: { ...wanted, ...times } }
}

function serviceAt(url: string): URL {
  const service = URL.parse(url)
  if (service === null || !/^https?:$/.test(service.protocol) || service.username !== '') {
    throw new TypeError(
      'signInAs: url must be the URL of the service, such as http://localhost:4000/auth.',
    )
  }
  if (!isLoopback(service.hostname)) {
    throw new Error(
      `signInAs: ${service.origin} is not on this machine: sessions for tests exist in development only, so pass the URL of a service at localhost.`,
    )
  }
  service.pathname = service.pathname.replace(/\/+$/, '')
  return service
}
