/** What goes over the wire, as types and literals: safe to import anywhere, runs nothing. */
export * from './lib/wire/claims.ts'
export * from './lib/wire/feed.ts'
export * from './lib/wire/metadata.ts'
export * from './lib/wire/names.ts'
export * from './lib/wire/problem.ts'
export * from './lib/wire/account.ts'
export * from './lib/wire/session.ts'
