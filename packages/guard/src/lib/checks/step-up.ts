import { checkOptions, duration, errorMessage } from '@keyhaven/core/errors'
import type { OptionCheck } from '@keyhaven/core/errors'
import { API_KEY_PREFIX } from '@keyhaven/core/wire'
import type { Auth } from '../auth-object.ts'
import type { Guard } from '../guard.ts'
import type { Refusal } from './refusal.ts'

/** What a route requires beyond its scope. */
export interface RequireOptions {
  /** How old the user's last proof of identity may be, as `90s`, `5m` or `1h`. A route without it accepts any age. */
  readonly within: string
}

/** Seconds: 30 days. For a longer time the service has settings of sessions. */
const LONGEST = 30 * 86_400

/** Checks a duration of `within`. Texts only: a number would not state its unit. */
export const within: OptionCheck = (value) => {
  if (typeof value !== 'string') return 'must be a duration as text, such as 90s, 5m or 1h'
  try {
    return duration(value) > LONGEST ? 'must be at most 30d' : undefined
  } catch (error) {
    return errorMessage(error)
  }
}

/**
 * Reads the options of `require`, when the route is made.
 * @returns the seconds of `within`.
 * @throws TypeError with one sentence, also without `within`: the route would require no proof.
 */
export function readRequireOptions(options: unknown): number {
  checkOptions('require', options, { within })
  const { within: text } = options as Partial<RequireOptions>
  if (text === undefined) throw new TypeError(`require: within ${within(text)}.`)
  return duration(text)
}

/** The refusal for a sender whose last proof of identity is older than `maxAge` seconds; `undefined` if it is fresh. */
export function stepUpOf(
  guard: Pick<Guard, 'isFresh' | 'refuse'>,
  auth: Auth,
  maxAge: number,
): Refusal | undefined {
  const { act, auth_time, client_id } = auth.claims
  // An impersonator can't prove to be the user, nor can an API key or a token that was made from one
  if (act !== undefined || client_id.startsWith(API_KEY_PREFIX)) {
    return guard.refuse('credential_not_allowed')
  }
  if (guard.isFresh(auth, maxAge)) return undefined
  const reason = auth_time ? {} : { reason: 'the token has no time of a proof of identity' }
  return guard.refuse('step_up_required', { maxAge, ...reason })
}
