import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** The mutated copy of core, not the one that the workspace links to. */
const door = (name: string): string =>
  fileURLToPath(new URL(`packages/core/src/${name}.ts`, import.meta.url))

/** What mutants of core's token and access rooms are tried against: the quick tests by outside data and our own. */
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@keyhaven\/core$/, replacement: door('index') },
      { find: /^@keyhaven\/core\/(\w+)$/, replacement: door('$1') },
    ],
  },
  test: {
    include: [
      'packages/core/{src,tests}/**/*.test.ts',
      'tests/standards/json.test.ts',
      'tests/standards/rfc.test.ts',
      'tests/standards/wycheproof.test.ts',
    ],
  },
})
