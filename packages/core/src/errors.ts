/** Every error that Keyhaven gives: its stable code, HTTP status, sentence and hint. */
export { catalogue } from './lib/errors/catalogue.ts'
export type { CatalogueEntry, ErrorCode } from './lib/errors/catalogue.ts'
export { KeyhavenError } from './lib/errors/keyhaven-error.ts'
export type { ErrorDetails } from './lib/errors/keyhaven-error.ts'
export { problemOf } from './lib/errors/problem-of.ts'
export { checkOptions, option } from './lib/options/check-options.ts'
export type { OptionCheck } from './lib/options/check-options.ts'
export { nearestName } from './lib/options/nearest-name.ts'
