import { Secret, TOTP } from 'otpauth'
import { changeIn } from '../databases/databases.ts'
import type { Person } from './person.ts'

/** An authenticator app of a person. */
export interface AuthenticatorApp {
  /** The id of its factor. */
  readonly id: string
  readonly recoveryCodes: readonly string[]
  /** The code of now, or of so many steps later. */
  code(later?: number): string
  /** The code of now, after the service has forgotten which ones were used: no test waits for the next. */
  next(): Promise<string>
}

/** Sets up an authenticator app in the person's session, which must be fresh. */
export async function addApp(person: Person, database: string): Promise<AuthenticatorApp> {
  const begun = await person.ask('POST /factors/totp')
  if (begun.status !== 201) throw new Error(`${begun.status} ${await begun.text()}`)
  const { id, secret } = (await begun.json()) as { id: string; secret: string }
  const code = codesOf(secret)
  const confirmed = await person.ask(`POST /factors/totp/${id}/confirm`, { code: code() })
  if (confirmed.status !== 200) throw new Error(`${confirmed.status} ${await confirmed.text()}`)
  const { recoveryCodes = [] } = (await confirmed.json()) as { recoveryCodes?: string[] }
  const next = async (): Promise<string> => {
    await changeIn(database, `update factors set counter = 0 where id = '${id}'`)
    return code()
  }
  return { id, recoveryCodes, code, next }
}

/** The codes of a secret, as an app on a phone makes them. */
export function codesOf(secret: string): AuthenticatorApp['code'] {
  const totp = new TOTP({ secret: Secret.fromBase32(secret) })
  return (later = 0) => totp.generate({ timestamp: Date.now() + later * 30_000 })
}
