/** Rows that maintenance must process, and a query that finds one that is left. */
export interface OverdueRows {
  readonly name: string
  readonly rows: number
  readonly engine: Engine
  /** Statements that write the rows at a time in milliseconds. */
  fill(now: number): readonly string[]
  left(now: number): string
}

type Engine = 'sqlite' | 'postgres'

/** Numbers from 1 as a table `s(n)`. */
function series(engine: Engine, rows: number): string {
  return engine === 'postgres'
    ? `with s(n) as (select generate_series(1, ${rows}))`
    : `with recursive s(n) as (select 1 union all select n + 1 from s where n < ${rows})`
}

const OWNERS = 1000

function owners(engine: Engine, now: number): string {
  return `insert into accounts (id, email, email_key, email_verified, password_hash, credential_version, status, created_at)
    ${series(engine, OWNERS)} select 'acc_' || n, n || '@x', n || '@x', 1, 'none', 1, 'active', ${now} from s`
}

/** Records of expired tokens, as after a night in which the service was off. */
export function endedTokens(engine: Engine, rows: number): OverdueRows {
  return {
    name: 'ended tokens',
    rows,
    engine,
    fill: (now) => [
      owners(engine, now),
      `insert into tokens (jti, account_id, client_id, issued_at, expires_at, claims) ${series(engine, rows)}
       select 'jti_' || (n * 7919 % 1000003) || '_' || n, 'acc_' || (n % ${OWNERS} + 1), 'web', 1,
         ${Math.floor(now / 1000)} - 700 - n % 40000, '${'c'.repeat(500)}' from s`,
    ],
    left: (now) =>
      `select 1 from tokens where expires_at < ${Math.floor(now / 1000)} - 650 limit 1`,
  }
}

/** Entries of the log that can match no token any more. */
export function endedEntries(engine: Engine, rows: number): OverdueRows {
  return {
    name: 'ended entries',
    rows,
    engine,
    fill: (now) => [
      `insert into revocations (seq, kind, id, code, until) ${series(engine, rows)}
       select n, 'sid', 'ses_' || n, 'session_ended', ${now} - 1000 - n % 1000000 from s`,
      `update revocation_counter set seq = ${rows}`,
    ],
    left: (now) => `select 1 from revocations where until < ${now} limit 1`,
  }
}

/** Sessions whose idle limit has passed. */
export function sessionsThatAreOver(engine: Engine, rows: number): OverdueRows {
  return {
    name: 'sessions that are over',
    rows,
    engine,
    fill: (now) => [
      owners(engine, now),
      `insert into credentials (id, kind, account_id, client_id, created_at, last_used_at, idle_expires_at,
         epoch) ${series(engine, rows)}
       select 'ses_' || n, 'session', 'acc_' || (n % ${OWNERS} + 1), 'web', ${now}, ${now},
         ${now} - 1 - n % 1000, 0 from s`,
      `insert into sessions (credential_id, cookie_sha256, auth_time, amr, remember)
       select id, 'hash of ' || id, ${now}, '["pwd"]', 0 from credentials`,
    ],
    left: (now) =>
      `select 1 from credentials where ended_at is null and idle_expires_at < ${now} limit 1`,
  }
}
