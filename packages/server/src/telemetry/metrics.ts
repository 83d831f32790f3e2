import { catalogue } from '@keyhaven/core/errors'
import type { TokenCounts } from '@keyhaven/guard/kit'
import { createCounter } from './counter.ts'
import type { Counter } from './counter.ts'
import type { Family } from './family.ts'
import { createHistogram } from './histogram.ts'
import type { Histogram } from './histogram.ts'
import { watchProcessMetrics } from './process-metrics.ts'

/**
 * Everything that this process counts. Values that can be read when metrics are requested are not
 * counted here.
 */
export interface Metrics {
  readonly passwords: PasswordMetrics
  readonly refusals: Counter<'code'>
  readonly renewals: RenewalMetrics
  readonly events: Counter<'event'>
  readonly mails: Counter<'outcome'>
  readonly secondFactors: Counter<'factor' | 'outcome'>
  readonly database: DatabaseMetrics
  readonly droppedListeners: Counter<never>
  /** Counted on every token check, so these are plain numbers. */
  readonly tokenChecks: TokenCounts
  /** Begins to count requests to these routes. */
  requestsOf(routes: readonly string[]): RequestMetrics
  families(): readonly Family[]
  close(): void
}

/** How tokens were got from what a user already had. */
export interface RenewalMetrics {
  readonly tokens: Counter<'outcome'>
  readonly refreshTokens: Counter<'outcome'>
  readonly exchanges: Counter<'outcome'>
}

/** What passwords were used for. */
export interface PasswordMetrics {
  readonly signIns: Counter<'outcome'>
  readonly stepUps: Counter<'outcome'>
  readonly breachChecks: Counter<'outcome'>
}

/** What the database did. */
export interface DatabaseMetrics {
  readonly errors: Counter<never>
  readonly retries: Counter<never>
  readonly seconds: Histogram
  readonly restored: Counter<'outcome'>
}

/** Requests to the routes of one app. */
export interface RequestMetrics {
  readonly answered: Counter<'route' | 'status'>
  readonly seconds: Histogram
}

const mailOutcomes = ['queued', 'sent', 'failed', 'dead', 'ended', 'dropped', 'blank']

const codes = Object.keys(catalogue)

/** Creates all counters, those of these events among them, and begins to watch the process. */
export function createMetrics(events: readonly string[]): Metrics {
  const ownProcess = watchProcessMetrics()
  const tokenChecks = { remembered: 0, firstSight: 0, refused: 0 }
  const counters = {
    refusals: createCounter(
      {
        name: 'keyhaven_refusals_total',
        help: 'Requests that the service, or the guard in its process, refused, by the code of the response.',
      },
      { code: codes },
    ),
    events: createCounter(
      {
        name: 'keyhaven_events_total',
        help: 'Events that this process has written to the audit log, by name.',
      },
      { event: events },
    ),
    mails: createCounter(
      {
        name: 'keyhaven_mails_total',
        help: 'Mails by outcome: queued; sent; failed for now; dead (given up); ended (its link was used, replaced or ended before); dropped beyond the mails of an hour; blank (queued for equal work, and never sent).',
      },
      { outcome: mailOutcomes },
    ),
    secondFactors: createCounter(
      {
        name: 'keyhaven_second_factors_total',
        help: 'Second factors that were checked, at sign-ins and step-ups: accepted; wrong; limited (refused unchecked, because too many were wrong).',
      },
      { factor: ['totp', 'passkey', 'recovery_code'], outcome: ['accepted', 'wrong', 'limited'] },
    ),
    droppedListeners: createCounter(
      {
        name: 'keyhaven_feed_dropped_total',
        help: 'Connections of guards that were closed because they read too slowly.',
      },
      {},
    ),
  }
  const renewals = renewalMetrics()
  const passwords = passwordMetrics()
  const database = databaseMetrics()
  const requests: RequestMetrics[] = []
  return {
    ...counters,
    renewals,
    passwords,
    database,
    tokenChecks,
    requestsOf: (routes) => {
      const made = requestMetrics(routes)
      requests.push(made)
      return made
    },
    families: () => [
      ...requests.flatMap(({ answered, seconds }) => [answered.family, seconds.family]),
      ...Object.values(renewals).map(({ family }: Counter<'outcome'>) => family),
      ...Object.values(passwords).map(({ family }: Counter<'outcome'>) => family),
      ...Object.values(counters).map(({ family }) => family),
      ...Object.values(database).map(({ family }: Counter<never> | Histogram) => family),
      tokenFamily(tokenChecks),
      ...ownProcess.families(),
    ],
    close: () => ownProcess.close(),
  }
}

function renewalMetrics(): RenewalMetrics {
  return {
    tokens: createCounter(
      {
        name: 'keyhaven_renewals_total',
        help: 'Renewals of access tokens: a new one, one shared with a parallel request, or failed.',
      },
      { outcome: ['new', 'shared', 'failed'] },
    ),
    exchanges: createCounter(
      {
        name: 'keyhaven_exchanges_total',
        help: 'Token exchanges by outcome: exchanged; the OAuth code of the refusal; limited (too many live tokens of one credential); failed.',
      },
      {
        outcome: [
          'exchanged',
          'invalid_request',
          'invalid_client',
          'invalid_grant',
          'unauthorized_client',
          'invalid_scope',
          'invalid_target',
          'limited',
          'failed',
        ],
      },
    ),
    refreshTokens: createCounter(
      {
        name: 'keyhaven_refreshes_total',
        help: 'Uses of refresh tokens: rotated; repeated (the same successor again, within seconds); reused (later: the session ended); refused; failed.',
      },
      { outcome: ['rotated', 'repeated', 'reused', 'refused', 'failed'] },
    ),
  }
}

function passwordMetrics(): PasswordMetrics {
  return {
    signIns: createCounter(
      {
        name: 'keyhaven_sign_ins_total',
        help: 'Sign-ins by outcome: signed_in, or the code of the refusal.',
      },
      { outcome: ['signed_in', ...codes] },
    ),
    stepUps: createCounter(
      {
        name: 'keyhaven_step_ups_total',
        help: 'Step-ups by outcome: stepped_up, or the code of the refusal.',
      },
      { outcome: ['stepped_up', ...codes] },
    ),
    breachChecks: createCounter(
      {
        name: 'keyhaven_breach_checks_total',
        help: 'New passwords that were looked up among those of breaches: passed, breached (refused), or unchecked because the range service gave no usable answer.',
      },
      { outcome: ['passed', 'breached', 'unchecked'] },
    ),
  }
}

function databaseMetrics(): DatabaseMetrics {
  return {
    errors: createCounter(
      {
        name: 'keyhaven_database_errors_total',
        help: 'Reads and transactions that the database failed.',
      },
      {},
    ),
    retries: createCounter(
      {
        name: 'keyhaven_database_retries_total',
        help: 'Transactions that ran again because they conflicted with another.',
      },
      {},
    ),
    seconds: createHistogram(
      {
        name: 'keyhaven_database_seconds',
        help: 'How long reads and transactions took, including waits and retries.',
      },
      'operation',
      ['read', 'transaction'],
    ),
    restored: createCounter(
      {
        name: 'keyhaven_database_restored_total',
        help: 'Times that the database lacked revocations which this installation had seen: kept if they were appended again, ended if every session had to end.',
      },
      { outcome: ['kept', 'ended'] },
    ),
  }
}

function requestMetrics(routes: readonly string[]): RequestMetrics {
  return {
    answered: createCounter(
      { name: 'keyhaven_requests_total', help: 'Responses by route and class of status.' },
      { route: routes, status: ['2xx', '4xx', '5xx'] },
    ),
    seconds: createHistogram(
      {
        name: 'keyhaven_request_seconds',
        help: 'Time from the request to its response; for streams, to the first byte.',
      },
      'route',
      routes,
    ),
  }
}

function tokenFamily({ remembered, firstSight, refused }: TokenCounts): Family {
  const by = (result: string, value: number) => ({ labels: { result }, value })
  return {
    name: 'keyhaven_token_checks_total',
    help: 'Access tokens checked here: remembered, good at first sight (a signature was checked), or refused.',
    type: 'counter',
    samples: [by('remembered', remembered), by('first_sight', firstSight), by('refused', refused)],
  }
}
