import type { ErrorCode, ErrorDetails } from '@keyhaven/core/errors'
import { isWithin, networkOf } from '../addresses/address.ts'
import type { Credential } from '../checks/credential.ts'
import type { AskedKey, GuardSources } from '../checks/decision.ts'
import type { GuardRequest } from '../checks/request.ts'
import { createKnownKeys } from './known-keys.ts'
import type { KnownKey } from './known-keys.ts'
import { createQuestions } from './questions.ts'
import type { KeyRefusal } from './questions.ts'
import { keyRemedies } from './remedies.ts'
import { createRefusedKeys } from './refused-keys.ts'

/** The API keys that a guard meets. */
export interface ApiKeys {
  /** Checks a key without waiting. */
  check(credential: Pick<ByKey, 'text' | 'key'>, request: GuardRequest): KeyResult
  /**
   * Asks about a key, so that `check` can tell; parallel requests with a key share one question. Never rejects.
   * @returns the refusal if there is no answer now.
   */
  ask(key: AskedKey): Promise<KeyRefusal | undefined>
  counts(): KeyCounts
}

type ByKey = Extract<Credential, { by: 'api-key' }>

/** A key that is good now, the refusal, or the key to ask about. */
export type KeyResult =
  | KnownKey
  | (KeyRefusal & { readonly ok: false; readonly ask?: never })
  | { readonly ok: false; readonly ask: AskedKey }

/** Counts of requests with API keys since the start, and the number of remembered keys. */
export interface KeyCounts {
  readonly accepted: number
  /** Questions to the service. */
  readonly asked: number
  /** Questions without an answer. */
  readonly failed: number
  readonly refused: number
  /** The number of keys that are remembered now. */
  readonly held: number
}

/** What a guard needs of its sources to check keys. */
export type KeySources = Pick<
  GuardSources,
  'apiKeys' | 'issuer' | 'audience' | 'revocations' | 'now'
>

/** Creates the keys of one guard. Times, revocations and addresses are checked at every request. */
export function createApiKeys(sources: KeySources): ApiKeys {
  const { apiKeys: source, revocations } = sources
  const counts = { accepted: 0, asked: 0, failed: 0, refused: 0 }
  const known = createKnownKeys()
  const refusedKeys = createRefusedKeys()
  const tables = { known, refused: refusedKeys, counts }

  const refuse = (code: ErrorCode, details: ErrorDetails): KeyResult => {
    counts.refused += 1
    const detail = keyRemedies[code]
    return { ok: false, code, details: { ...(detail !== undefined && { detail }), ...details } }
  }
  /** `ask` if the answer is over: the claims have expired, or were replaced by others. */
  const standing = (key: KnownKey): KeyResult | 'good' | 'ask' => {
    const { claims, exp } = key
    if (!(sources.now() < exp) || exp <= revocations.horizon) return 'ask'
    if (key.clearAt === revocations.changes) return 'good'
    if (revocations.find(claims) === undefined) {
      key.clearAt = revocations.changes
      return 'good'
    }
    // The key itself has ended: no later answer could be another
    const code = revocations.find({ jti: '', client_id: claims.client_id })
    return code === undefined ? 'ask' : refuse(code, { reason: 'the API key is revoked' })
  }
  const unknown = (
    { text, key }: Pick<ByKey, 'text' | 'key'>,
    request: GuardRequest,
  ): KeyResult => {
    if (key === undefined) return refuse('token_invalid', mistyped)
    const code = refusedKeys.find(text)
    if (code !== undefined) return refuse(code, saidNo)
    const network = networkOf(source?.addressOf(request)?.text ?? '')
    return { ok: false, ask: { ...key, network } }
  }

  return {
    check: (credential, request) => {
      if (source === undefined) return refuse('token_invalid', noSource)
      const key = known.find(credential.text)
      if (key === undefined) return unknown(credential, request)
      const state = standing(key)
      if (state === 'ask') return unknown(credential, request)
      if (state !== 'good') return state
      const { networks } = key
      if (networks !== undefined) {
        const address = source.addressOf(request)
        const isListed =
          address !== undefined &&
          networks.some((one) => one !== undefined && isWithin(address, one))
        if (!isListed) return refuse('credential_not_allowed', notListed(address?.text))
      }
      counts.accepted += 1
      return key
    },
    ask:
      source === undefined
        ? () => Promise.resolve(undefined)
        : createQuestions(sources, source, tables),
    counts: () => ({ ...counts, held: known.size }),
  }
}

const mistyped: ErrorDetails = { reason: 'the checksum of the API key' }
const saidNo: ErrorDetails = { reason: 'the service does not accept the API key' }

const noSource: ErrorDetails = {
  reason: 'an API key, and this guard has no feedKey with which it could ask about it',
  detail: 'This API does not accept API keys. Send another credential.',
  hint: 'Pass to createGuard the feedKey that `keyhaven guards add NAME` prints: with it the guard asks the service about API keys.',
}

function notListed(address: string | undefined): ErrorDetails {
  return {
    reason: `the API key does not work from ${address ?? 'an unknown address'}`,
    detail: 'This key does not work from this address: its owner listed others.',
    hint: 'If a proxy is in front of this API, name it in the option trustProxy of createGuard.',
  }
}
