import { readFileSync, statSync } from 'node:fs'
import { checkSecretFile } from './file-modes.ts'
import { isLoopbackHost } from './loopback-host.ts'
import { secret } from './secret.ts'
import type { Secret } from './secret.ts'

/** Where the data lies: a SQLite file, or a PostgreSQL server. */
export type DatabasePlace = { readonly file: string } | { readonly server: PostgresServer }

/** A database on a PostgreSQL server, and who signs in to it. */
export interface PostgresServer {
  /** A host name, an address, or the folder of a socket. */
  readonly host: string
  readonly port: number
  readonly name: string
  readonly user: string
  readonly password: Secret | undefined
  /** `undefined`: in plain. */
  readonly tls: Tls | undefined
}

/** Certificates as PEM text. */
export interface Tls {
  /** Whether the server's certificate must be good and name its host. */
  readonly verified: boolean
  readonly ca: string | undefined
  readonly certificate: string | undefined
  readonly key: Secret | undefined
}

const PARAMETERS = ['host', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey'] as const
type Parameters = Readonly<Partial<Record<(typeof PARAMETERS)[number], string>>>

/** A file as it is written, or a `postgres://…` URL taken apart. No sentence of a refusal repeats the URL. */
export function databasePlace(text: string): DatabasePlace {
  if (text.trim() === '') throw new Error('must not be empty')
  if (!/^postgres(ql)?:\/\//i.test(text)) return { file: fileOf(text) }
  const url = URL.parse(text)
  if (url === null) {
    throw new Error(
      'must be a URL such as postgres://user:password@host:5432/database, with signs such as @ and / in the password percent-encoded',
    )
  }
  return { server: serverOf(url) }
}

/** SQLite has names that are no paths: `:memory:` keeps nothing, `file:` may switch locks and the log off. */
function fileOf(text: string): string {
  const must = 'must be a file or begin with postgres://'
  if (text.startsWith(':')) throw new Error(`${must}: a name such as :memory: keeps nothing`)
  const [scheme] = /^[a-z][a-z0-9+.-]+:/i.exec(text) ?? []
  if (scheme === undefined) return text
  throw new Error(
    /^file:/i.test(text)
      ? `${must}: write the path without file:`
      : `${must}, and not with ${scheme}`,
  )
}

function serverOf(url: URL): PostgresServer {
  const parameters = parametersOf(url.searchParams)
  const host = parameters.host ?? decoded(url.hostname).replace(/^\[(.+)\]$/, '$1')
  const user = decoded(url.username)
  const name = decoded(url.pathname.slice(1))
  if (host === '') throw new Error('must name a host')
  if (user === '') throw new Error('must name a user')
  if (name === '') throw new Error('must name a database behind the host, such as /keyhaven')
  return Object.freeze({
    host,
    port: Number(url.port || 5432),
    name,
    user,
    password: url.password === '' ? undefined : secret(decoded(url.password)),
    tls: tlsOf(parameters, host),
  })
}

function parametersOf(given: URLSearchParams): Parameters {
  const known: readonly string[] = PARAMETERS
  for (const name of given.keys()) {
    // A misspelt one might have been meant to protect the connection
    if (known.includes(name) && given.getAll(name).length === 1) continue
    throw new Error(`may have the parameters ${known.join(', ')}, each once, and no others`)
  }
  return Object.fromEntries(given)
}

function tlsOf(
  { sslmode, sslrootcert, sslcert, sslkey }: Parameters,
  host: string,
): Tls | undefined {
  const files = [sslrootcert, sslcert, sslkey].some((file) => file !== undefined)
  if (sslmode === undefined && !files) {
    if (isHere(host)) return undefined
    throw new Error(
      'must say sslmode=verify-full, or sslmode=disable where nobody else can read the network: its host is another machine',
    )
  }
  switch (sslmode) {
    case 'disable':
      if (files) throw new Error('names certificates, but sslmode is disable: keep one of them')
      return undefined
    case undefined:
    case 'require':
    case 'verify-ca':
    case 'verify-full':
    case 'no-verify':
      return {
        verified: sslmode !== 'no-verify',
        ca: textOf('sslrootcert', sslrootcert),
        certificate: textOf('sslcert', sslcert),
        key: sslkey === undefined ? undefined : secret(privateKeyOf(sslkey)),
      }
    default:
      throw new Error('must have an sslmode of verify-full, no-verify or disable')
  }
}

function isHere(host: string): boolean {
  return host.startsWith('/') || isLoopbackHost(host)
}

function privateKeyOf(file: string): string {
  const text = textOf('sslkey', file) ?? ''
  checkSecretFile(`names ${file} as sslkey, which`, statSync(file))
  return text
}

function textOf(parameter: string, file: string | undefined): string | undefined {
  if (file === undefined) return undefined
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new Error(`names a file as ${parameter} that can’t be read: ${file}`)
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new Error('must have every % of its user, password and name written as %25')
  }
}
