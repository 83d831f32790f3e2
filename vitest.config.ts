import { configDefaults, defineConfig } from 'vitest/config'
import type { TestProjectInlineConfiguration } from 'vitest/config'
import { doses } from './tests/doses.ts'

const root = import.meta.dirname
const resolve = { conditions: ['keyhaven-source'] }
// A global set-up is loaded in an environment of Vitest's own
const sources = { resolve, ssr: { resolve }, environments: { __vitest__: { resolve } } }
const alias = [
  {
    find: /^\.\/(?=(hash-cost|durability)\.ts$)/,
    replacement: `${root}/packages/stage/src/cheap/`,
  },
]
/** With cheap hashes and commits, unless the dose is the whole. */
const cheap = doses.cheap ? { ...sources, resolve: { ...resolve, alias } } : sources

/** Bundles the programs that tests start, and makes the database that the others of a run are copied from. */
const sqlite = [
  `${root}/packages/stage/src/processes/programs.ts`,
  `${root}/packages/stage/src/databases/migrated-database.ts`,
]
/** Builds the page of the example. */
const notesPage = `${root}/packages/stage/src/browser/build-notes.ts`
/** Where the bundled programs lie. */
const real = { TEST_PROGRAMS: `${root}/.work/programs/real` }
const env = doses.cheap ? { TEST_PROGRAMS: `${root}/.work/programs/cheap` } : real
/** The same, on a PostgreSQL server that it starts before. */
const postgres = [`${root}/packages/stage/src/databases/postgres-of-run.ts`, ...sqlite]

// Every process that a test starts finds its sources compiled by the one before
process.env['NODE_COMPILE_CACHE'] ??= `${root}/.work/compile-cache`

/**
 * Three files at a time, as they wait half of it. Others run beside them, so a limit is generous. Files of one
 * process share what they have imported: loading it anew for each took a third of their time.
 */
const severalFiles = { maxWorkers: 3, isolate: false, testTimeout: 120_000, hookTimeout: 120_000 }
/** Real processes and a real browser: one file after the other, with time to start. */
const oneFile = {
  fileParallelism: false,
  // Tests that do nothing but wait wait together
  maxConcurrency: 20,
  testTimeout: 240_000,
  hookTimeout: 240_000,
}

/** Tests of the server that depend on what a hash costs. */
const hashes = ['src/secrets/hashes/**/*.test.ts', 'tests/hash-cost.test.ts']
/** Files that measure time: they run when nothing else does. */
const measured = [
  'tests/operate/overload.test.ts',
  // How long an event loop stood still, by the clock
  'tests/operate/database-failures.test.ts',
]
const standards = ['tests/{standards,tools}/**/*.test.ts']

/** What starts processes, in lanes that tools/test.ts runs side by side. */
const browser = ['tests/{docs,journeys}/**/*.test.ts']
const packed = ['tests/packed/**/*.test.ts']
/** They wait for most of their time, for the lives of tokens, and so together. */
const tabs = ['tests/journeys/{calls,ten-tabs}.test.ts']
/** Failures, kills and upgrades: half of what an operator goes through. */
const failures = [
  'tests/upgrade/**/*.test.ts',
  'tests/operate/{crash,cut,gapless-log,postgres-failures,postgres-tls,rotation-drill}.test.ts',
]
const attacks = ['tests/{attacks,chaos,deploy}/**/*.test.ts']
/** What is in no other lane is in `operator`. */
const others = [...standards, ...browser, ...packed, ...attacks, ...failures, ...measured]
/** Three PostgreSQL under Patroni: for `npm run chaos` only, which installs what they need. */
const cluster = ['tests/chaos/cluster.test.ts']

/**
 * Tests of the server that run on SQLite only. The rule: a file is here if no statement that it causes
 * can have another result on another engine. The reason stands beside each.
 */
const sameOnEveryEngine = [
  // Reads settings; opens no database
  'src/config/**',
  // Which kinds of credentials end, in a SQLite database of its own; tests/session-tree ends them on both engines
  'src/flows/credentials/**',
  // Calls of machines; their statements are single ones by key, and the rest are those of tests/api
  'tests/machines.test.ts',
  // What the guard in the service's process decides; the statements are those of tests/api-key-use and tests/tickets
  'tests/own-guard-credentials.test.ts',
  // Keys; opens no database
  'src/secrets/**',
  'tests/{private-files,weak-passwords}.test.ts',
  // What a browser gets and sends: names and flags of cookies, paths of an application. The statements behind
  // them are those of tests/api and tests/index
  'tests/{cookies,one-reader,express}.test.ts',
  // What a browser loads of the service's own pages, and settings
  'tests/{brand,own-pages}.test.ts',
  // Who gets tokens in the body; the statements are those of the same flows with cookies, and of tests/native-refresh
  'tests/native.test.ts',
  // What a guard decides from a token; the statements of a step-up are those of tests/step-up
  'tests/app-step-up.test.ts',
  // Texts of mails, a page of mails in memory, and connections to a mail server; the queue is that of tests/mail
  'tests/{mail-texts,mailbox,mail-tls}.test.ts',
  'src/mail/**',
  // What a range service answers, before any statement; addresses of other hosts
  'tests/breached-passwords.test.ts',
  'src/outgoing/**',
  // Sockets of a server without Keyhaven
  'src/cli/listen.test.ts',
  // Limits in memory, headers and the types of routes; opens no database
  'src/http/**',
  // A queue and a clock in memory, and SQLite itself
  'src/database/{gathered,trusted-clock}.test.ts',
  'src/database/sqlite/**',
  // Functions of an application that flows call before they write, or after; other tests run these flows
  'tests/hooks.test.ts',
  // Settings that are wrong before any database is opened, and files that are none
  'tests/wrong-settings.test.ts',
  // Counts in a SQLite database of its own; tests/limits counts on both engines
  'src/database/rate-limits.test.ts',
  // Arguments, signals and standard input; tests/operate/command-line runs commands on both engines
  'src/cli/main.test.ts',
  // Compares the route table with its description
  'tests/openapi.test.ts',
  // What authenticators send, judged before any statement; the statements are those of tests/passkeys and -attacks
  'tests/passkey-{registration,vectors}.test.ts',
  // What opens which call; the statements are those of tests/api-keys, -api-key-ends and -oauth-revocation
  'tests/{api-key-use,credential-attacks,oauth-token}.test.ts',
  // Reads and prints settings; what it opens is read by every other test too
  'tests/settings.test.ts',
]

export default defineConfig({
  test: {
    projects: [
      ...['core', 'guard', 'client', 'server'].map((name) => ({
        ...cheap,
        test: {
          name,
          root: `packages/${name}`,
          include: ['{src,tests}/**/*.test.{ts,tsx}'],
          exclude: ['tests/postgres/**', ...(name === 'server' ? hashes : [])],
          ...(name === 'server' && { globalSetup: sqlite, env }),
          ...severalFiles,
          // Some of its files have a document
          isolate: name === 'client',
        },
      })),
      {
        ...sources,
        test: {
          name: 'hashes',
          root: 'packages/server',
          include: hashes,
          globalSetup: sqlite,
          env: real,
          ...severalFiles,
        },
      },
      // Published vectors and outside implementations; no process, no port
      { ...sources, test: { name: 'standards', include: standards, ...severalFiles } },
      {
        ...cheap,
        // The server's tests once more, on the other engine
        test: {
          name: 'server-postgres',
          root: 'packages/server',
          include: ['{src,tests}/**/*.test.ts'],
          exclude: [...sameOnEveryEngine, ...hashes],
          globalSetup: postgres,
          env,
          ...severalFiles,
          // Each statement waits for a turn of both processes
          maxWorkers: 2,
        },
      },
      // Its files share what they import, as they drive one program after the other
      lane('browser', browser, { exclude: tabs, setUp: [notesPage], isolate: false }),
      lane('tabs', tabs, { fileParallelism: true, maxWorkers: 2 }),
      lane('attacks', attacks, { exclude: cluster }),
      lane('cluster', cluster),
      laneAtCost('packed', packed, [`${root}/tests/packed/pack.ts`]),
      lane('failures', failures),
      lane('operator', ['tests/**/*.test.ts'], { exclude: others, isolate: false }),
      laneAtCost('measured', measured),
      {
        ...cheap,
        // Those of them that a database can make differ, on the other engine
        test: {
          name: 'postgres',
          include: [
            'tests/attacks/{guessing,hostile-http}.test.ts',
            'tests/upgrade/{migrations,upgrade}.test.ts',
            'tests/operate/{audit,backup,command-line,crash,events,jobs,keys,outbox,rotation-drill,several-processes}.test.ts',
          ],
          globalSetup: postgres,
          env,
          ...oneFile,
        },
      },
    ],
  },
})

interface LaneOptions {
  readonly exclude?: readonly string[]
  readonly setUp?: readonly string[]
  readonly isolate?: boolean
  readonly fileParallelism?: boolean
  readonly maxWorkers?: number
}

function lane(
  name: string,
  include: string[],
  { exclude = [], setUp = [], ...more }: LaneOptions = {},
): TestProjectInlineConfiguration {
  return {
    ...cheap,
    test: {
      name,
      include,
      exclude: [...configDefaults.exclude, ...exclude],
      globalSetup: [...sqlite, ...setUp],
      env,
      ...oneFile,
      ...more,
    },
  }
}

/** The same, with passwords that are hashed as in production. */
function laneAtCost(
  name: string,
  include: string[],
  setUp: string[] = [],
): TestProjectInlineConfiguration {
  return {
    ...sources,
    test: { name, include, globalSetup: [...sqlite, ...setUp], env: real, ...oneFile },
  }
}
