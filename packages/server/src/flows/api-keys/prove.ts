import { KeyhavenError } from '@keyhaven/core/errors'
import type { ErrorCode } from '@keyhaven/core/errors'
import type { ApiKeyParts } from '@keyhaven/core'
import { keyRemedies } from '@keyhaven/guard/kit'
import type { Context, ContextPart } from '../context.ts'
import { findLiveKey } from './find-live.ts'
import type { FoundKey, LiveKey } from './find-live.ts'

type Needs = Pick<Context, 'database'> & ContextPart<'tools', 'limits'>

/** A live key, and when it was read, in milliseconds since 1970. */
export interface ProvedKey extends LiveKey {
  readonly readAt: number
}

/**
 * Finds the live API key that a request has sent. `from` is the client's address, if the host provided
 * one, or the guard that asks. Every
 * request with a key comes through here, so that unknown ones are counted.
 * @throws KeyhavenError with the code of its end if the key is not live; `rate_limited`.
 */
export async function proveKey(
  { database, tools: { limits } }: Needs,
  key: ApiKeyParts,
  from: string | undefined | { readonly guard: string },
): Promise<ProvedKey> {
  let readAt = 0
  const found: FoundKey = await limits.unknownKeys.guard({ ...key, from }, () =>
    database.read((moment) => {
      readAt = moment.now
      return findLiveKey(moment, key)
    }),
  )
  if (!found.ok) throw refusedKey(found.code)
  return { ...found, readAt }
}

/** The refusal of a key. */
export function refusedKey(code: ErrorCode, reason?: string): KeyhavenError {
  const detail = keyRemedies[code]
  return new KeyhavenError(code, {
    ...(detail !== undefined && { detail }),
    ...(reason !== undefined && { reason }),
  })
}
