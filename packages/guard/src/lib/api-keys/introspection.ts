import type { ApiKeyParts } from '@keyhaven/core'
import { errorMessage } from '@keyhaven/core/errors'
import { INTROSPECT_PATH } from '@keyhaven/core/wire'
import type { Introspection } from '@keyhaven/core/wire'
import { fetchJson } from '../issuer/fetch-json.ts'

/** The service that answers. */
export interface Asked {
  /** The URL by which this process reaches the issuer. */
  readonly reach: string
  readonly feedKey: string
}

/** Asks the service about API keys, and logs when it begins to fail and when it answers again. */
export function createIntrospection(
  { reach, feedKey }: Asked,
  log: (line: string) => void,
): (key: ApiKeyParts) => Promise<Introspection> {
  const headers = {
    authorization: `Bearer ${feedKey}`,
    'content-type': 'application/x-www-form-urlencoded',
  }
  let problem: string | undefined
  return async ({ id, secret }) => {
    const body = `token=${id}_${secret}`
    try {
      const answer = await fetchJson(reach + INTROSPECT_PATH, { method: 'POST', headers, body })
      if (problem !== undefined) log('the service answers about API keys again')
      problem = undefined
      return answer as unknown as Introspection
    } catch (error) {
      const sentence = errorMessage(error)
      if (problem !== sentence) log(`can’t ask about API keys: ${sentence}; unknown keys get 503`)
      problem = sentence
      throw error
    }
  }
}
