import { defineConfig } from 'vitest/config'

const resolve = { conditions: ['keyhaven-source'] }

/** What mutants of core's token and access rooms are tried against: the quick and complete tests. */
export default defineConfig({
  resolve,
  ssr: { resolve },
  test: {
    include: [
      'packages/core/src/**/*.test.ts',
      'tests/standards/{json,rfc,wycheproof,properties,token-attacks}.test.ts',
    ],
  },
})
