import { KeyhavenError } from '@keyhaven/core/errors'
import type { Moment } from '../../database/database.ts'
import type { Account } from '../../stores/accounts.ts'
import { latestClaimsOf } from '../../stores/tokens.ts'
import type { Values } from '../../model/application.ts'
import { callApplication } from './call.ts'
import type { Context, ContextPart } from '../context.ts'
import { viewAccount } from '../../views/account.ts'

/**
 * Gets the application's claims for an account and checks them against their schemas. Runs outside
 * any transaction, because the application may take long.
 * @throws KeyhavenError `internal`.
 */
export async function applicationClaims(
  {
    settings,
    tools: { application },
  }: Pick<Context, 'settings'> & ContextPart<'tools', 'application'>,
  account: Account,
): Promise<Values> {
  const { claims, claimsFor } = application
  if (claimsFor === undefined) return {}
  const given = await callApplication('claimsFor', () =>
    claimsFor(viewAccount({ settings }, account)),
  )
  if (typeof given !== 'object' || given === null) throw broken('claimsFor returned no object')
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(claims, name))
      throw broken(`claimsFor returned '${name}', which is not declared`)
  }
  const values: Record<string, unknown> = {}
  for (const [name, { schema }] of Object.entries(claims)) {
    const value: unknown = (given as Values)[name]
    const result = await schema['~standard'].validate(value)
    if (result.issues !== undefined) throw broken(`claimsFor returned a bad value for '${name}'`)
    if (!isWritable(result.value)) throw broken(`claimsFor returned no JSON for '${name}'`)
    if (result.value !== undefined) values[name] = result.value
  }
  return values
}

/** The application claims of the session's latest token, used if new ones can't be had. */
export async function formerClaims(
  { tools: { application } }: ContextPart<'tools', 'application'>,
  { db }: Moment,
  sessionId: string,
): Promise<Values> {
  const latest = await latestClaimsOf(db, sessionId)
  const names = Object.keys(application.claims)
  return Object.fromEntries(Object.entries(latest ?? {}).filter(([name]) => names.includes(name)))
}

/**
 * Whether JSON can represent the value. A bigint or a cycle would otherwise fail when the token is
 * signed.
 */
function isWritable(value: unknown): boolean {
  try {
    JSON.stringify(value)
    return true
  } catch {
    return false
  }
}

function broken(reason: string): KeyhavenError {
  return new KeyhavenError('internal', { reason })
}
