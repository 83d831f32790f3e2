import { originOf } from './ticket-url.ts'

/** A guard's audiences, and the origins besides them at which it redeems tickets, as stored. */
export interface StoredReach {
  readonly audiences: string | null
  readonly origins: string | null
}

/** Those of some audiences for which a guard redeems a ticket of an origin. `usual`: those of a guard that names none. */
export function audiencesAt(
  origin: string,
  { audiences, origins }: StoredReach,
  usual: readonly string[],
): string[] {
  const own = audiences === null ? usual : (JSON.parse(audiences) as string[])
  const isListed = origins !== null && (JSON.parse(origins) as string[]).includes(origin)
  return isListed ? [...own] : own.filter((one) => originOf(one) === origin)
}
