import { KeyhavenError } from '@keyhaven/core/errors'
import type { Database } from '../../database/database.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import type { GuardOptions } from '../../model/guard-options.ts'
import { sha256 } from '../../secrets/hashes/hash.ts'
import { newGuardKey, newId } from '../../secrets/random.ts'
import { findGuardByName, insertGuard } from '../../stores/guards.ts'
import { lockInstallation } from '../../stores/installation.ts'

/** A guard to add. */
export interface NewGuard extends GuardOptions {
  readonly name: string
}

/**
 * Makes a guard's key and returns it. Only its hash is stored, so this is the only time it can be
 * seen.
 */
export async function addGuard(
  database: Database,
  { name, audience = [], exchangeTo = [], url = [] }: NewGuard,
  actor: Actor,
): Promise<string> {
  if (!/^[\w.-]{1,64}$/.test(name)) {
    throw refused('name', 'Use 1 to 64 letters, digits, dots, hyphens and underscores.')
  }
  const reach = {
    audiences: listOf(audience.map((one) => urlOf('audience', one))),
    origins: listOf(url.map((one) => new URL(urlOf('url', one)).origin)),
    exchange_to: listOf(exchangeTo.map((one) => urlOf('exchangeTo', one))),
  }
  const key = newGuardKey()
  const id = newId('grd')
  await database.transact(async (moment) => {
    const installation = await lockInstallation(moment.db)
    if ((await findGuardByName(moment.db, name)) !== undefined) {
      throw new KeyhavenError('conflict', {
        detail: `There is a guard ${name}: choose another name, or remove it first with \`keyhaven guards remove ${name}\`.`,
      })
    }
    const row = {
      id,
      name,
      key_hash: sha256(key),
      created_at: moment.now,
      ...reach,
    }
    await insertGuard(moment.db, installation, row)
    await happened(moment, 'guard.added', { actor, details: { guard: name } })
  })
  return key
}

function listOf(texts: readonly string[]): string | null {
  return texts.length === 0 ? null : JSON.stringify([...new Set(texts)])
}

/** The URL as it was written, because audiences are compared as texts. @throws KeyhavenError. */
function urlOf(path: string, text: string): string {
  const url = URL.parse(text)
  const isPlain = url !== null && /^(https?|wss?):$/.test(url.protocol) && !text.includes('#')
  if (isPlain && text.length <= 500 && !/\s/.test(text)) return text
  throw refused(
    path,
    `${path}: This is no URL: write it as https://api.example, without a fragment.`,
  )
}

function refused(path: string, message: string): KeyhavenError {
  return new KeyhavenError('invalid_request', { errors: [{ path, message }] })
}
