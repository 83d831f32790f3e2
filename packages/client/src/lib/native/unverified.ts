import type { AuthState } from '../state/states.ts'
import type { Profile } from './vault.ts'

/** The state of a user whom the app knows from its storage, while the service can't be reached. */
export function unverifiedState(profile: Profile): AuthState {
  // A state can't be changed, and neither can its members
  const freeze = (_name: string, value: unknown): unknown => Object.freeze(value)
  return Object.freeze({
    status: 'offline',
    ...(JSON.parse(JSON.stringify(profile), freeze) as Profile),
    session: undefined,
    reason: undefined,
    leaving: false,
    unverified: true,
  }) as AuthState
}
