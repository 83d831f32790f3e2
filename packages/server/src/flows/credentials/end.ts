import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { Actor } from '../../events/happened.ts'
import type { Locked } from '../../database/locked.ts'
import { entryLifeEnd } from '../../model/entry-life.ts'
import { endableBelow, markEnded } from '../../stores/credentials/credential-ends.ts'
import type { OwnedCredential } from '../../stores/credentials/credentials.ts'
import type { NewRevocation } from '../../stores/revocations.ts'
import { tokensToRevoke } from '../../stores/tokens.ts'
import type { RevokingMoment } from '../revocation/revoking.ts'
import type { CredentialKinds, EndedCounts } from './kinds.ts'

/** The code with which requests with the credential's tokens are refused after its end. */
export type EndCode = 'session_ended' | 'account_locked'

/** How credentials end: the code for their tokens, the actor and the reason. */
export interface Ending {
  readonly code: EndCode
  readonly actor: Actor
  readonly reason?: string | undefined
}

/** A credential of a locked account that is to end, and the actor. */
export interface CredentialEnd {
  readonly credential: Locked<OwnedCredential>
  readonly actor: Actor
  readonly reason?: string | undefined
}

/** A credential that has ended, and the one to end from which it was made, or itself. */
export interface EndedCredential extends CredentialEnd {
  readonly root: string
  /** The greatest `exp` of its own tokens, in seconds; 0 without any. */
  readonly lastExpiry: number
}

/**
 * Ends credentials of locked accounts with all that were made from them, and revokes their tokens.
 * @returns those that had not ended before.
 */
export async function endCredentials(
  moment: RevokingMoment,
  code: EndCode,
  ends: readonly CredentialEnd[],
): Promise<readonly EndedCredential[]> {
  const ended = await markEnds(moment, code, ends)
  if (ended.length === 0) return ended
  await moment.revoke(await entriesOf(moment, code, ended))
  return ended
}

/**
 * Ends credentials of locked accounts without entries in the log, for a flow that writes its own.
 * @returns those that had not ended before.
 */
export async function markEnds(
  moment: RevokingMoment,
  code: EndCode,
  ends: readonly CredentialEnd[],
): Promise<readonly EndedCredential[]> {
  const { db, now } = moment
  const ended: EndedCredential[] = []
  let level: readonly Planned[] = ends.map((end) => ({ ...end, root: end.credential.id }))
  while (level.length > 0) {
    const credentials = level.map(({ credential }) => credential)
    const marked = await markEnded(db, credentials, { at: now, code })
    const parents: Planned[] = []
    for (const end of level) {
      const mark = marked.get(end.credential.id)
      if (mark === undefined) continue
      ended.push({ ...end, lastExpiry: mark.lastExpiry })
      if (mark.hasBelow) parents.push(end)
    }
    level = parents.length === 0 ? [] : await endsBelow(moment, parents)
  }
  for (const [name, some] of Map.groupBy(ended, ({ credential: { kind } }) => kind)) {
    await moment.kinds.of(name).recordEnds(moment, some)
  }
  return ended
}

/** An end before it is known whether the credential had ended before. */
type Planned = Omit<EndedCredential, 'lastExpiry'>

/** The ends of what was made from credentials that have just ended. */
async function endsBelow({ db }: RevokingMoment, parents: readonly Planned[]): Promise<Planned[]> {
  const above = new Map(parents.map((end) => [end.credential.id, end]))
  const below = await endableBelow(
    db,
    [...above.values()].map(({ credential }) => credential),
  )
  return below.flatMap((credential) => {
    const end = above.get(credential.parentId)
    return end === undefined ? [] : [{ ...end, credential }]
  })
}

/** Entries that revoke the tokens of ended credentials. */
async function entriesOf(
  moment: RevokingMoment,
  code: EndCode,
  ended: readonly EndedCredential[],
): Promise<NewRevocation[]> {
  const { db, now, kinds } = moment
  // A token of what was made from a session carries the session's id too
  const lastOf = new Map<string, number>()
  for (const { root, lastExpiry } of ended) {
    lastOf.set(root, Math.max(lastOf.get(root) ?? 0, lastExpiry))
  }
  const entries: NewRevocation[] = []
  const byToken: EndedCredential[] = []
  for (const end of ended) {
    const { id } = end.credential
    const kind = kinds.of(end.credential.kind).entry
    if (kind === 'jti') byToken.push(end)
    else entries.push({ kind, id, code, until: entryLifeEnd(lastOf.get(end.root) ?? 0, now) })
  }
  const covered = new Set(entries.map(({ kind, id }) => `${kind} ${id}`))
  for (const { jti, expires_at, claims } of await tokensToRevoke(db, idsOf(byToken), now)) {
    // The entry of what it was made from revokes it too, so a thousand tickets need no thousand entries
    const { sid, client_id } = JSON.parse(claims) as Partial<AccessTokenClaims>
    if (covered.has(`sid ${sid}`) || covered.has(`client_id ${client_id}`)) continue
    entries.push({ kind: 'jti', id: jti, code, until: entryLifeEnd(expires_at, now) })
  }
  return entries
}

function idsOf(ended: readonly EndedCredential[]): string[] {
  return ended.filter(({ lastExpiry }) => lastExpiry > 0).map(({ credential: { id } }) => id)
}

/** Counts ended credentials by kind. */
export function countsOf(kinds: CredentialKinds, ended: readonly EndedCredential[]): EndedCounts {
  const counts = { sessions: 0, apiKeys: 0, delegations: 0 }
  for (const { credential } of ended) {
    const { counted } = kinds.of(credential.kind)
    if (counted !== undefined) counts[counted] += 1
  }
  return counts
}
