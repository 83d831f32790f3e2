import { ConfigurationError } from '../configuration-error.ts'
import { noDefault } from '../default-value.ts'
import { structureRow } from '../option-row.ts'
import { list } from '../parse.ts'
import { trustModule } from './trust-module.ts'

/** The audiences that users may exchange their tokens for. */
export interface ExchangeOption {
  readonly audiences: readonly string[]
}

/** The settings of token exchange, as rows of the table. */
export const exchangeOptions = {
  exchange: structureRow('KEYHAVEN_EXCHANGE_AUDIENCES', noDefault, {
    load: async (value) => exchangeOf(value),
    sentence:
      'Identifiers of APIs that users may exchange their tokens for, besides those of `guards add … --exchange-to`; separated by commas. In code `{ audiences: […] }`.',
  }),
  trust: structureRow('KEYHAVEN_TRUST', noDefault, {
    load: trustModule,
    sentence:
      'The path of a module that exports `trust`: other services whose tokens may be exchanged. In code also the list itself.',
  }),
} as const

function exchangeOf(value: unknown): ExchangeOption {
  if (typeof value === 'string') return { audiences: list(value) }
  const { audiences, ...more } = (value ?? {}) as Partial<ExchangeOption>
  const isList = Array.isArray(audiences) && audiences.every((one) => typeof one === 'string')
  if (isList && Object.keys(more).length === 0) return { audiences }
  throw new ConfigurationError(
    'exchange must be { audiences: […] }, a list of identifiers of APIs.',
  )
}
