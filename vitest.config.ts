import { defineConfig } from 'vitest/config'

const resolve = { conditions: ['keyhaven-source'] }
const sources = { resolve, ssr: { resolve } }

const postgres = `${import.meta.dirname}/tests/stage/postgres-of-a-run.ts`
const realProcesses = { fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 }

export default defineConfig({
  test: {
    projects: [
      ...['core', 'guard', 'client', 'server'].map((name) => ({
        ...sources,
        test: {
          name,
          root: `packages/${name}`,
          include: ['src/**/*.test.{ts,tsx}'],
          exclude: ['src/postgres-*.test.ts'],
          testTimeout: 20_000,
        },
      })),
      {
        ...sources,
        // The server's tests once more, on the other engine
        test: {
          name: 'server-postgres',
          root: 'packages/server',
          include: ['src/**/*.test.ts'],
          exclude: ['src/{config,secrets}/**'],
          globalSetup: postgres,
          testTimeout: 20_000,
        },
      },
      {
        ...sources,
        // Real processes and a real browser: one file after the other, with time to start
        test: { name: 'tests', include: ['tests/**/*.test.ts'], ...realProcesses },
      },
      {
        ...sources,
        // Those of them that a database can make differ, on the other engine
        test: {
          name: 'tests-postgres',
          include: [
            'tests/attacks/{guessing,hostile-http}.test.ts',
            'tests/upgrade/upgrade.test.ts',
            'tests/operator/{audit,backup,command-line,crash,events,keys,rotation-drill,several-processes}.test.ts',
          ],
          globalSetup: postgres,
          ...realProcesses,
        },
      },
    ],
  },
})
