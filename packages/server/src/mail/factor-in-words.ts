import type { FactorKind } from '@keyhaven/core/wire'
import type { Locale } from './locale.ts'

const words = {
  en: { totp: 'authenticator app', passkey: 'passkey' },
  de: { totp: 'Authenticator-App', passkey: 'Passkey' },
} as const satisfies Readonly<Record<Locale, Readonly<Record<FactorKind, string>>>>

/** The kind of a second factor, as a mail calls it. */
export function factorInWords(kind: FactorKind, locale: Locale): string {
  return words[locale][kind]
}
