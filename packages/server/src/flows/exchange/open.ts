import type { ExchangeSettings } from '../../config/exchange/exchange-settings.ts'
import type { TrustedIssuer } from '../../config/exchange/trusted-issuer.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { createIssuerKeys } from './issuer-keys.ts'
import type { IssuerKeys } from './issuer-keys.ts'

/** A trusted issuer with its keys. */
export interface OpenIssuer {
  readonly trusted: TrustedIssuer
  readonly keys: IssuerKeys
}

/** What may be exchanged, and for which APIs. */
export interface Exchange {
  /** The audiences that users may exchange their tokens for. */
  readonly audiences: readonly string[]
  readonly issuers: ReadonlyMap<string, OpenIssuer>
}

/** Prepares the issuers of the settings; their keys are read when the first token comes. */
export function openExchange(
  { audiences, trust, allowPrivate }: ExchangeSettings,
  { development, log }: { readonly development: boolean; readonly log: Logger },
): Exchange {
  const rules = { development, allowPrivate }
  return {
    audiences,
    issuers: new Map(
      trust.map((trusted) => [
        trusted.issuer,
        { trusted, keys: createIssuerKeys(trusted, { rules, log }) },
      ]),
    ),
  }
}
