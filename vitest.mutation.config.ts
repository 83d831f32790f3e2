import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** An entry point of the mutated copy of core, not of the one that the workspace links to. */
const entryPoint = (name: string): string =>
  fileURLToPath(new URL(`packages/core/src/${name}.ts`, import.meta.url))

/** The tests that mutants of core's token and access folders run against: those of core, and the quick standards. */
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@keyhaven\/core$/, replacement: entryPoint('index') },
      { find: /^@keyhaven\/core\/(\w+)$/, replacement: entryPoint('$1') },
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
