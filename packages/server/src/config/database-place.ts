import { readFileSync, statSync } from 'node:fs'
import { checkSecretFile } from './file-modes.ts'
import { isLoopbackHost } from './loopback-host.ts'
import { nearest } from './nearest.ts'
import { secret } from './secret.ts'
import type { Secret } from './secret.ts'

/** The database to use: a SQLite file or a PostgreSQL server. */
export type DatabasePlace = { readonly file: string } | { readonly server: PostgresServer }

/** The address of one PostgreSQL host. */
export interface PostgresHost {
  /** A host name, an address, or the folder of a socket. */
  readonly host: string
  readonly port: number
}

/** A database on a PostgreSQL server, and the credentials for it. */
export interface PostgresServer {
  /** Tried in this order until one accepts writes. */
  readonly hosts: readonly [PostgresHost, ...PostgresHost[]]
  readonly name: string
  readonly user: string
  readonly password: Secret | undefined
  /** `undefined` for plain text connections. */
  readonly tls: Tls | undefined
  /** Seconds to wait for a connection to one host. */
  readonly connectTimeout: number
  /** The name of this process's connections in `pg_stat_activity`; `undefined` for the default. */
  readonly applicationName: string | undefined
  /**
   * Whether SCRAM is bound to the TLS connection (RFC 5802 §6): never, if the server supports it,
   * or always.
   */
  readonly channelBinding: (typeof BINDINGS)[number]
}

/** Certificates as PEM text. */
export interface Tls {
  /** Whether the server's certificate must be valid and match its host. */
  readonly verified: boolean
  readonly ca: string | undefined
  readonly certificate: string | undefined
  readonly key: Secret | undefined
}

/** The parameters of libpq that are supported, by its names (PostgreSQL 15, 34.1.2). */
const PARAMETERS = [
  'host',
  'port',
  'user',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'channel_binding',
  'connect_timeout',
  'application_name',
  'target_session_attrs',
] as const
type Parameters = Readonly<Partial<Record<(typeof PARAMETERS)[number], string>>>

const BINDINGS = ['disable', 'prefer', 'require'] as const

/**
 * Parses a file name or a `postgres://…` URL.
 * @throws Error whose message never contains the URL.
 */
export function databasePlace(text: string): DatabasePlace {
  if (text.trim() === '') throw new Error('must not be empty')
  if (!/^postgres(ql)?:\/\//i.test(text)) return { file: fileOf(text) }
  // A WHATWG URL has one host, so each of several hosts is parsed as a URL of its own
  const [, scheme = '', authority = '', rest = ''] = /^(.*?:\/\/)([^/?#]*)(.*)$/s.exec(text) ?? []
  const at = authority.lastIndexOf('@') + 1
  const urls = authority
    .slice(at)
    .split(',')
    .map((host) => URL.parse(`${scheme}${authority.slice(0, at)}${host || NOWHERE}${rest}`))
  const [first] = urls
  if (!first || urls.includes(null)) {
    throw new Error(
      'must be a URL such as postgres://user:password@host:5432/database, with signs such as @ and / in the password percent-encoded',
    )
  }
  const parameters = parametersOf(first.searchParams)
  return { server: serverOf(first, parameters, hostsOf(urls as URL[], parameters)) }
}

/** A placeholder for a host that the URL leaves out and a parameter names (RFC 6761 §6.4). */
const NOWHERE = 'left-out.invalid'

/**
 * Rejects SQLite names that are no paths: `:memory:` stores nothing, `file:` can turn off locks and
 * the journal.
 */
function fileOf(text: string): string {
  const must = 'must be a file or begin with postgres://'
  if (text.startsWith(':')) throw new Error(`${must}: a name such as :memory: stores nothing`)
  const [scheme] = /^[a-z][a-z0-9+.-]+:/i.exec(text) ?? []
  if (scheme === undefined) return text
  throw new Error(
    /^file:/i.test(text)
      ? `${must}: write the path without file:`
      : `${must}, and not with ${scheme}`,
  )
}

function serverOf(
  url: URL,
  parameters: Parameters,
  hosts: PostgresServer['hosts'],
): PostgresServer {
  const user = decoded(url.username) || (parameters.user ?? '')
  const name = decoded(url.pathname.slice(1))
  if (user === '') throw new Error('must name a user')
  if (name === '') throw new Error('must name a database after the host, such as /keyhaven')
  requireWrites(parameters.target_session_attrs)
  const tls = tlsOf(parameters, hosts)
  return Object.freeze({
    hosts,
    name,
    user,
    password: url.password === '' ? undefined : secret(decoded(url.password)),
    tls,
    connectTimeout: timeoutOf(parameters.connect_timeout),
    applicationName: applicationNameOf(parameters.application_name),
    channelBinding: bindingOf(parameters.channel_binding, tls),
  })
}

/**
 * Hosts come from the authority of the URL, or from `host` and `port`, which list one value a host.
 */
function hostsOf(
  urls: readonly URL[],
  { host: given, port: ports }: Parameters,
): PostgresServer['hosts'] {
  const written = urls.map(({ hostname, port }) => ({
    host: hostname === NOWHERE ? '' : decoded(hostname).replace(/^\[(.+)\]$/, '$1'),
    port: Number(port || 5432),
  }))
  const names = given?.split(',') ?? written.map(({ host }) => host)
  const [first, ...others] = ports?.split(',') ?? []
  if (ports !== undefined && others.length > 0 && others.length + 1 !== names.length) {
    throw new Error('must have one port for all hosts, or as many ports as hosts')
  }
  const hosts = names.map((host, at): PostgresHost => {
    if (host === '') throw new Error('must name a host')
    const port = [first, ...others][others.length === 0 ? 0 : at]
    const known = written[written.length === 1 ? 0 : at]?.port ?? 5432
    return Object.freeze({ host, port: port === undefined ? known : portOf(port) })
  })
  const [one, ...more] = hosts
  if (one === undefined) throw new Error('must name a host')
  return Object.freeze([one, ...more] as const)
}

function portOf(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port > 0 && port < 65_536) return port
  throw new Error('must have a port from 1 to 65535')
}

/**
 * Accepts only values that select a primary: the service always connects to one, because it writes.
 */
function requireWrites(wanted: string | undefined): void {
  if (wanted === undefined || wanted === 'read-write' || wanted === 'primary') return
  throw new Error(
    'must not have that target_session_attrs: write read-write, because the service writes, or remove it',
  )
}

/** Default and maximum of `connect_timeout`, in seconds. */
const CONNECT = 2
const LONGEST_CONNECT = 30

function timeoutOf(text: string | undefined): number {
  if (text === undefined) return CONNECT
  const seconds = Number(text)
  if (/^\d{1,2}$/.test(text) && seconds >= 1 && seconds <= LONGEST_CONNECT) return seconds
  throw new Error(
    `must have a connect_timeout from 1 to ${LONGEST_CONNECT} (seconds): requests wait for it`,
  )
}

/** PostgreSQL truncates longer names at 63 bytes and replaces characters that are not ASCII. */
function applicationNameOf(text: string | undefined): string | undefined {
  if (text === undefined || /^[\x20-\x7e]{1,63}$/.test(text)) return text
  throw new Error('must have an application_name of 1 to 63 ASCII characters')
}

function bindingOf(
  text: string | undefined,
  tls: Tls | undefined,
): PostgresServer['channelBinding'] {
  const binding = BINDINGS.find((one) => one === (text ?? 'disable'))
  if (binding === undefined) {
    throw new Error(`must have a channel_binding of ${BINDINGS.join(', ')}`)
  }
  if (binding !== 'require' || tls !== undefined) return binding
  throw new Error(
    'has channel_binding=require, which only a TLS connection has: write sslmode=verify-full, or remove it',
  )
}

function parametersOf(given: URLSearchParams): Parameters {
  const known: readonly string[] = PARAMETERS
  for (const name of given.keys()) {
    // An unknown parameter may be a typing mistake in one that protects the connection
    if (!known.includes(name)) throw new Error(unknownParameter(name))
    if (given.getAll(name).length > 1) throw new Error(`must have the parameter ${name} only once`)
  }
  return Object.fromEntries(given)
}

/** Names only the parameter: its value may be a secret. */
function unknownParameter(name: string): string {
  const shown = /^\w{1,40}$/.test(name) ? ` ${name}` : ' with that name'
  const meant = nearest(name, PARAMETERS)
  const way = meant === undefined ? 'remove it' : `write ${meant}, or remove it`
  return `must not have a parameter${shown}, which the service does not know: ${way}`
}

function tlsOf(
  { sslmode, sslrootcert, sslcert, sslkey }: Parameters,
  hosts: readonly PostgresHost[],
): Tls | undefined {
  const files = [sslrootcert, sslcert, sslkey].some((file) => file !== undefined)
  if (sslmode === undefined && !files) {
    if (hosts.every(({ host }) => isHere(host))) return undefined
    throw new Error(
      'must set sslmode=verify-full, or sslmode=disable if nobody else can read the network: its host is another machine',
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

/** Hosts and ports for messages, separated by commas. */
export function hostsText({ hosts }: Pick<PostgresServer, 'hosts'>): string {
  return hosts.map(({ host, port }) => `${host}:${port}`).join(', ')
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
