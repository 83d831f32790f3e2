import { ConfigurationError } from '../configuration-error.ts'
import type { AllowedPlace } from '../passwords/allowed-places.ts'
import type { ExchangeOption } from './exchange-options.ts'
import type { TrustedIssuer } from './trusted-issuer.ts'

/** What may be exchanged for which APIs, and where keys of trusted issuers may be read. */
export interface ExchangeSettings {
  readonly audiences: readonly string[]
  readonly trust: readonly TrustedIssuer[]
  /** Private places that may be called. */
  readonly allowPrivate: readonly AllowedPlace[]
}

interface Given {
  readonly exchange: ExchangeOption | undefined
  readonly trust: readonly TrustedIssuer[] | undefined
  readonly allowPrivate: readonly AllowedPlace[] | undefined
}

/** Checks the settings of token exchange together. @throws ConfigurationError. */
export function checkExchange(
  { exchange, trust = [], allowPrivate = [] }: Given,
  { issuer, development }: { readonly issuer: string; readonly development: boolean },
): ExchangeSettings {
  const { audiences } = exchange ?? { audiences: [] }
  if (audiences.includes(issuer)) {
    throw new ConfigurationError(
      'KEYHAVEN_EXCHANGE_AUDIENCES (exchange) has the URL of the service itself, which no exchanged token is for: remove it.',
    )
  }
  if (trust.some((one) => one.issuer === issuer)) {
    throw new ConfigurationError(
      'KEYHAVEN_TRUST (trust) has the URL of the service itself, which needs no entry: remove it.',
    )
  }
  const plain = trust.find((one) => urlOfKeys(one)?.startsWith('http:'))
  if (plain !== undefined && !development) {
    throw new ConfigurationError(
      `KEYHAVEN_TRUST (trust) reads the keys of ${plain.issuer} by http:, which is for development only: use an https URL.`,
    )
  }
  return Object.freeze({ audiences, trust, allowPrivate })
}

/** Where the keys of an issuer are read; `undefined` if its entry has them. */
export function urlOfKeys({ issuer, jwks }: TrustedIssuer): string | undefined {
  if (typeof jwks === 'string') return jwks
  return jwks === undefined ? `${issuer.replace(/\/$/, '')}/.well-known/jwks.json` : undefined
}
