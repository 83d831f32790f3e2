import { defineConfig } from 'vitest/config'

const resolve = { conditions: ['keyhaven-source'] }

export default defineConfig({
  resolve,
  ssr: { resolve },
  test: {
    projects: ['core', 'guard', 'client', 'server'].map((name) => ({
      resolve,
      ssr: { resolve },
      test: { name, root: `packages/${name}`, include: ['src/**/*.test.{ts,tsx}'] },
    })),
  },
})
