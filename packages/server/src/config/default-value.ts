import { isLoopback } from '@keyhaven/guard/kit'
import type { Preset } from './lifetimes.ts'
import { isLoopbackHost } from './loopback-host.ts'

/** What a setting is when left out. */
export interface DefaultValue {
  /** For the reference page, the help and messages. */
  readonly text: string
  /** The value as you would write it; `undefined` if there is none. */
  readonly of: (known: KnownSettings) => string | undefined
}

/** Settings that defaults of others depend on. */
export interface KnownSettings {
  readonly url: URL
  readonly port: number
  readonly host: string
  readonly preset: Preset
  /** The path of the data folder. */
  readonly data: string
  /** The service is inside an app that gives it no log. */
  readonly silentApp: boolean
}

/** The same everywhere. */
export function defaultValue(text: string): DefaultValue {
  return { text, of: () => text }
}

/** No value at all. */
export const noDefault: DefaultValue = { text: 'none', of: () => undefined }

/** A file in the data folder. */
export function belowData(file: string): DefaultValue {
  return { text: `<data>/${file}`, of: ({ data }) => `${data}/${file}` }
}

/** A value for each preset: bank, business, consumer, device. */
export function byPreset(...values: readonly [string, string, string, string]): DefaultValue {
  const [bank, business, consumer, device] = values
  const each = { bank, business, consumer, device }
  const text = values.slice(1).every((value) => value === business)
    ? `bank ${bank}, others ${business}`
    : Object.entries(each)
        .map(([preset, value]) => `${preset} ${value}`)
        .join(', ')
  return { text, of: ({ preset }) => each[preset] }
}

/** One value in development, another in production. */
export function byPlace(development: string, production: string): DefaultValue {
  return {
    text: `${development} in development, else ${production}`,
    of: ({ url }) => (isLoopback(url.hostname) ? development : production),
  }
}

/** A URL of this machine, with the port that the service listens on. */
export function withPort(text: string): DefaultValue {
  return {
    text,
    of: ({ port }) => {
      const url = new URL(text)
      // 0 is any free port, which is known too late
      if (port !== 0) url.port = String(port)
      return url.href
    },
  }
}

/** One level for every service, another inside an app that gives it no log. */
export function byLog(level: string, silent: string): DefaultValue {
  return {
    text: `${level}; ${silent} for a service inside an app without a log`,
    of: ({ silentApp }) => (silentApp ? silent : level),
  }
}

/** Clients connect to what a URL of this machine names; any other URL is a proxy's. */
export function hostOfUrl(otherwise: string): DefaultValue {
  return {
    text: `the host of a URL on this machine, else ${otherwise}`,
    of: ({ url: { hostname } }) => {
      if (!isLoopback(hostname)) return otherwise
      return /(?:^|\.)localhost$/.test(hostname) ? 'localhost' : hostname
    },
  }
}

/** The origin of the service's own URL. */
export const originOfUrl: DefaultValue = {
  text: 'the origin of the URL',
  of: ({ url }) => url.origin,
}

/** The host of the URL, without its port. */
export const hostnameOfUrl: DefaultValue = {
  text: 'the host of the URL',
  of: ({ url }) => url.hostname,
}

/** Below the service's own URL. */
export const pagesOfUrl: DefaultValue = {
  text: '<url>/pages',
  of: ({ url }) => `${url.href.replace(/\/$/, '')}/pages`,
}

/** A listener on loopback with an https URL has a proxy on the same machine before it, and no other peers. */
export function behindLoopback(networks: string): DefaultValue {
  return {
    text: `${networks} if the URL is https and the host loopback, else none`,
    of: ({ url, host }) =>
      url.protocol === 'https:' && isLoopbackHost(host) ? networks : undefined,
  }
}
