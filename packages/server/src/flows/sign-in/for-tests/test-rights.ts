import { knownRole, reservedScopes, scopesOf } from '@keyhaven/core/access'
import type { AnyAccess } from '@keyhaven/core/access'
import { KeyhavenError } from '@keyhaven/core/errors'
import { nearest } from '../../../config/nearest.ts'
import { roleNames, unknownRole } from '../../../model/role-names.ts'

/** What a test wants its session to have. */
export interface WantedRights {
  readonly scopes?: readonly string[] | undefined
  readonly roles?: readonly string[] | undefined
}

/** The roles that an account needs for a test, and the scopes of the session if they are fewer. */
export interface TestRights {
  readonly roles: readonly string[]
  /** `undefined` for all that the roles grant. */
  readonly scopes: readonly string[] | undefined
}

const reserved: readonly string[] = reservedScopes

/**
 * Refuses names that the access module does not declare.
 * @throws KeyhavenError `invalid_request` that names them.
 */
export function requireKnownRights(
  access: AnyAccess,
  { scopes = [], roles = [] }: WantedRights,
): void {
  const role = roles.find((one) => !knownRole(access, one))
  if (role !== undefined) throw refused('roles', unknownRole(access, role))
  const known = [...access.scopes, ...reserved]
  const scope = scopes.find((one) => !known.includes(one))
  if (scope !== undefined) throw refused('scopes', unknownScope(access, scope))
}

/**
 * The rights of a session of an account that has the roles `held`. Scopes come from roles only, as in any
 * session: those of the test, or else of the account, with the roles that grant most precisely what is missing.
 * A role for a scope of the service is never chosen: the test names it.
 * @throws KeyhavenError `invalid_request` for a scope that no role grants.
 */
export function rightsForTest(
  access: AnyAccess,
  { scopes, roles }: WantedRights,
  held: readonly string[],
): TestRights {
  const chosen = roles ?? chosenRoles(access, scopes, held)
  const granted = scopesOf(access, chosen)
  const missing = scopes?.find((scope) => !granted.includes(scope))
  if (missing !== undefined) throw refused('scopes', ungranted(access, missing, roles))
  const all = [...new Set([...held, ...chosen])]
  const wanted = granted.filter((scope) => scopes === undefined || scopes.includes(scope))
  const isAll = scopesOf(access, all).length === wanted.length
  return { roles: all, scopes: isAll ? undefined : wanted }
}

function chosenRoles(
  access: AnyAccess,
  scopes: readonly string[] | undefined,
  held: readonly string[],
): readonly string[] {
  if (scopes === undefined) return held
  const chosen = [...held]
  const isGranted = (scope: string): boolean => scopesOf(access, chosen).includes(scope)
  for (const role of byPrecision(access, scopes)) {
    const grants = scopesOf(access, [role])
    const adds = scopes.some(
      (one) => !reserved.includes(one) && grants.includes(one) && !isGranted(one),
    )
    if (adds) chosen.push(role)
  }
  return chosen
}

/** Roles with the fewest scopes besides the wanted ones first; of these, those with most of the wanted ones. */
function byPrecision(access: AnyAccess, scopes: readonly string[]): readonly string[] {
  const rated = roleNames(access).map((role) => {
    const grants = scopesOf(access, [role])
    const wanted = grants.filter((scope) => scopes.includes(scope)).length
    return { role, wanted, others: grants.length - wanted }
  })
  rated.sort((one, other) => one.others - other.others || other.wanted - one.wanted)
  return rated.map(({ role }) => role)
}

function unknownScope({ scopes }: AnyAccess, scope: string): string {
  const near = nearest(scope, scopes)
  if (near !== undefined) return `“${scope}” is not a scope: write ${near}.`
  if (scopes.length === 0) {
    return `“${scope}” is not a scope: the service has no access module (KEYHAVEN_ACCESS).`
  }
  return `“${scope}” is not a scope: use ${scopes.join(', ')}, or declare it in the access module (KEYHAVEN_ACCESS).`
}

function ungranted(access: AnyAccess, scope: string, roles: readonly string[] | undefined): string {
  const granting = roleNames(access).filter((role) => scopesOf(access, [role]).includes(scope))
  const names = granting.join(', ')
  if (roles === undefined)
    return `No role is chosen for “${scope}”: name one in \`roles\`, of ${names}.`
  return `These roles do not grant “${scope}”: add one of ${names} to \`roles\`.`
}

function refused(path: string, message: string): KeyhavenError {
  return new KeyhavenError('invalid_request', { errors: [{ path, message }] })
}
