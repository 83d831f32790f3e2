/**
 * How much of everything the tests do: a small dose for `npm test`, the whole for `npm run chaos`,
 * which sets `KEYHAVEN_DOSE=whole`. A test takes its size, rounds or kills from here.
 */
const DOSE = process.env['KEYHAVEN_DOSE'] ?? 'small'
if (DOSE !== 'small' && DOSE !== 'whole') {
  throw new Error(
    `KEYHAVEN_DOSE is ${JSON.stringify(DOSE)}: set it to small or whole, or unset it.`,
  )
}

function pick(small: number, whole: number): number {
  return DOSE === 'whole' ? whole : small
}

export const doses = {
  /**
   * Whether passwords are hashed at a hundredth of the cost, and no commit waits for the disk, apart from tests that
   * depend on it.
   */
  cheap: DOSE === 'small',
  /** Times that `kill -9` ends a service in the middle of work. */
  kills: pick(6, 200),
  /** Kills of a service under ten guards, with a tenth as many of PostgreSQL. */
  fleetKills: pick(3, 50),
  /** Seeds of the failovers of a cluster, from 1 on: two failovers each, synchronous and asynchronous. */
  clusterSeeds: pick(1, 5),
  /** Kills of a service that has rows of the audit log left to seal. */
  auditKills: pick(1, 40),
  /** Kills of processes that have rows of the outbox left to deliver. */
  outboxKills: pick(6, 200),
  /** Mails that wait while the mail server is down. */
  mailsDown: pick(20, 500),
  /** Mails that wait in the queue meanwhile, and that no process may have in memory. */
  mailsQueued: pick(2_000, 100_000),
  /** Kills of a process that erases accounts. */
  erasureKills: pick(1, 30),
  /** Times that PostgreSQL stops at once under load, and is started again. */
  postgresStops: pick(1, 30),
  /** Times that the process of a job stands still, and that the one after it is killed. */
  jobKills: pick(1, 20),
  /** Kills of a process that is migrating tables of the former version. */
  migrationKills: pick(1, 20),
  /** Acts acknowledged between two steps of an upgrade, so that each mixture of versions is used. */
  upgradeActs: pick(6, 30),
  /** Rounds in which writers and readers of the revocation log race for gaps. */
  logRounds: pick(1, 10),
  /** Hostile requests of the memory test. */
  hostileRequests: pick(2_500, 100_000),
  /** Requests about known and unknown addresses, interleaved, at each call that could show which is which. */
  enumerationTries: pick(40, 200),
  /** Wrong passwords of strangers from 250 addresses while the owner signs in on a known device. */
  strangersGuesses: pick(120, 1_000),
  /** Seconds of more sign-ins than the service can do. */
  overloadSeconds: pick(4, 30),
  /** Good tokens shown to one guard, each seen once. */
  tokensShown: pick(80_000, 1_000_000),
  /** Characters that make each of those longer: tokens as large as they may be reach the guard's bound soonest. */
  tokenPadding: pick(1900, 0),
  /** Seconds that ten tabs are at work; a token lives for two ninths of them, and 50 answers are lost. */
  tabSeconds: pick(27, 90),
  /** Answers of renewals that ten tabs of Firefox lose, and seconds that their token lives. */
  firefoxLosses: pick(20, 50),
  firefoxToken: pick(4, 20),
  /** Runs of the model test of the guard's copy. */
  modelRuns: pick(25, 400),
  /** Times that two requests race for the same row. */
  races: pick(10, 200),
  /** The same for two services on one database, on either engine. */
  raceRounds: pick(5, 50),
  /** Revocations that two services acknowledge at once, with one file for the position of both. */
  positionRounds: pick(50, 500),
  /** Ended tokens that one purge has before it. */
  purgeTokens: pick(50_000, 500_000),
  /** Revocation entries that one purge has before it. */
  purgeEntries: pick(50_000, 5_000_000),
  /** Milliseconds for which a clock is wrong, and by how many different amounts. */
  clockWrongFor: pick(1200, 3000),
  clockShifts: pick(2, 4),
  /** Simulated worlds that the client's model runs through. */
  clientWorlds: pick(1_000, 100_000),
  /** Where these worlds begin: `npm test` repeats its worlds, `npm run chaos` looks at new ones. */
  clientSeed: pick(20_261_127, Date.now() % 2 ** 31),
  /** Processes that open sessions for tests at once, and how many each: 300 in all. */
  testWorkers: pick(3, 6),
  testSessions: pick(8, 50),
  /** Whether the templates in the documentation are checked by the tools of Vue and Svelte, which takes ten seconds. */
  templates: DOSE === 'whole',
  /** Examples that are built for production; all are started for development. */
  builds: pick(1, 10),
  /** Pictures of each state of the example: a phone in the dark, or both widths in light and in dark. */
  pictures: pick(1, 4),
} as const
