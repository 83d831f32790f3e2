/** Types and literals of requests and responses. Imports nothing and runs nothing, so any runtime can load it. */
export * from './lib/wire/claims.ts'
export * from './lib/wire/feed.ts'
export * from './lib/wire/metadata.ts'
export * from './lib/wire/names.ts'
export * from './lib/wire/problem.ts'
export * from './lib/wire/account.ts'
export * from './lib/wire/session.ts'
export * from './lib/wire/device.ts'
