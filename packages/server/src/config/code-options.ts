import { defineClaims } from '@keyhaven/core/access'
import type { ClaimsModule } from '@keyhaven/core/access'
import { checkOptions, errorMessage, option } from '@keyhaven/core/errors'
import type { OptionCheck } from '@keyhaven/core/errors'
import { ConfigurationError } from './configuration-error.ts'
import { options as settings } from './options.ts'

const anObject: OptionCheck = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? undefined
    : 'must be an object'

const aBoolean: OptionCheck = (value) =>
  typeof value === 'boolean' ? undefined : 'must be true or false'

const aLogger: OptionCheck = (value) =>
  typeof (value as { readonly child?: unknown } | null)?.child === 'function'
    ? undefined
    : 'must be a logger of pino'

const aSender: OptionCheck = (value) =>
  typeof value === 'function' || value === 'elsewhere'
    ? undefined
    : 'must be a function, or elsewhere'

/** Options that exist only in code. Settings are checked when their values are parsed. */
const checks: Readonly<Record<string, OptionCheck>> = {
  ...Object.fromEntries(Object.keys(settings).map((name) => [name, option.anything])),
  claims: anObject,
  claimsFor: option.aFunction,
  hooks: anObject,
  environment: anObject,
  folder: option.aText,
  migrate: aBoolean,
  exposeHeaders: option.headerNames,
  operator: option.aText,
  sendMail: aSender,
  log: aLogger,
  announce: option.aFunction,
}

const hooks = {
  beforeSignUp: option.aFunction,
  afterSignUp: option.aFunction,
  beforeSignIn: option.aFunction,
  afterSignIn: option.aFunction,
}

/**
 * Checks the options of `createKeyhaven` that exist only in code.
 * @throws ConfigurationError, a TypeError, with one sentence that names the wrong option.
 */
export function checkCodeOptions(options: unknown): void {
  try {
    checkOptions('createKeyhaven', options, checks)
    const { hooks: given, claims = {} } = options as {
      readonly hooks?: unknown
      readonly claims?: ClaimsModule
    }
    // A plain object of the same shape could contain a claim reserved for the token itself
    defineClaims({ ...claims })
    if (given !== undefined) checkOptions('createKeyhaven: hooks', given, hooks)
  } catch (cause) {
    throw new ConfigurationError(errorMessage(cause), { cause })
  }
}
