import type { LimitRule } from '../limits.ts'

const MINUTE = 60

/**
 * Limits of the OAuth endpoints, counted in the memory of each process: first by network, before any work, then by
 * client once it is known.
 */
export const clientRules = {
  clients: {
    points: 12_000,
    duration: MINUTE,
    counts: 'calls of the OAuth endpoints from one network',
    why: 'Phones behind one address refresh a few times in an hour; all guards of a data centre stay below it.',
  },
  tokenRequests: {
    points: 1200,
    duration: MINUTE,
    counts: 'token requests and revocations of one API key or guard',
    why: 'Each writes to the database. A program needs one token in its life. Apps share a client, so they are counted by network only.',
  },
  introspections: {
    points: 30_000,
    duration: MINUTE,
    counts: 'introspections of one guard',
    why: 'A guard introspects each key once in the life of a token, however often the key is sent.',
  },
} as const satisfies Record<string, LimitRule>

/** A limit of calls by an OAuth client, besides the one by network. */
export type ClientLimit = Exclude<keyof typeof clientRules, 'clients'>
