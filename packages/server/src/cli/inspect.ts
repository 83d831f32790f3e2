import { durationText } from '../config/lifetimes.ts'
import { readSettings } from '../config/settings.ts'
import { openDatabase } from '../database/open-database.ts'
import { fixIssuer } from '../flows/startup/fix-issuer.ts'
import { hasInstallation } from '../database/prove-database.ts'
import { inspectToken } from '../flows/tokens/inspect.ts'
import type { Inspection } from '../flows/tokens/inspect.ts'
import { plain } from './plain.ts'
import { printResult } from './report.ts'
import { readStandardInput } from './standard-input.ts'

/**
 * `keyhaven inspect`: decodes and checks a token locally, without sending or storing it. Exit 1 if
 * it is not valid.
 */
export async function inspect(
  given: string | undefined,
  { json }: { json?: boolean },
): Promise<void> {
  const token = (given ?? (await readStandardInput('the token'))).trim()
  const { env: environment } = process
  const settings = await readSettings({
    code: {},
    environment,
    folder: process.cwd(),
    sendsMail: true,
  })
  // A token can be decoded without a database, so none is created
  const database = (await hasInstallation(settings.database))
    ? await openDatabase(settings.database, false)
    : undefined
  try {
    const issuer = database === undefined ? settings.issuer : await fixIssuer(database, settings)
    const inspection = await inspectToken(database, issuer, token)
    printResult(json, inspection, () => linesOf(inspection))
    // Lets scripts branch on the result
    if (!inspection.valid) process.exitCode = 1
  } finally {
    await database?.close()
  }
}

const NO_TOKEN = 'not three segments'
const TOKEN = 'a token begins with eyJ, and is three parts with dots between them'

function linesOf({ header, claims, key, valid, code, reason }: Inspection): string[] {
  const why = reason === NO_TOKEN ? `${reason} (${TOKEN})` : reason
  const verdict = valid ? 'valid' : `not valid: ${[code, why].filter(Boolean).join(', ')}`
  if (header === undefined || claims === undefined) return [`verdict      ${verdict}`]
  const times = ['iat', 'exp', 'auth_time', 'session_exp'] as const
  const labels: Readonly<Record<(typeof times)[number], string>> = {
    iat: 'issued',
    exp: 'ends',
    auth_time: 'signed in',
    session_exp: 'session ends',
  }
  return [
    `kind         ${shown(header['typ'])}, ${shown(header['alg'])}`,
    `key          ${key === undefined ? 'none named' : `${shown(key.kid)} (${key.state})`}`,
    ...times
      .filter((name) => typeof claims[name] === 'number')
      .map((name) => `${labels[name].padEnd(12)} ${moment(Number(claims[name]))}`),
    ...Object.entries(claims)
      .filter(([name]) => !(times as readonly string[]).includes(name))
      .map(([name, value]) => `${shown(name).padEnd(12)} ${shown(value)}`),
    `verdict      ${verdict}`,
  ]
}

/** Claims are untrusted input and may be long. */
function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return plain(text ?? 'nothing').slice(0, 500)
}

function moment(seconds: number): string {
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) return `${seconds} (no time)`
  const away = Math.round(seconds - Date.now() / 1000)
  const size = Math.abs(away)
  const rounded =
    size > 5400 ? Math.round(size / 3600) * 3600 : size > 90 ? Math.round(size / 60) * 60 : size
  return `${date.toISOString()} (${away < 0 ? `${durationText(rounded)} ago` : `in ${durationText(rounded)}`})`
}
