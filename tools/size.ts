import { bundleSize, ours } from './bundle-size.ts'

/**
 * The client's budgets in bytes (min + gzip, T10): the entry chunk of `createAuth` with its static
 * imports, and what React's binding and an app's tokens add to it.
 */
const budgets = { core: 3500, react: 800, native: 4500 } as const

const core = await bundleSize(ours.core, ['react'])
const sizes = {
  core,
  react: (await bundleSize(ours.react, ['react'])) - core,
  native: (await bundleSize(ours.native, ['react'])) - core,
}
for (const name of ['core', 'react', 'native'] as const) {
  process.stdout.write(`client, ${name}: ${sizes[name]} of ${budgets[name]} bytes\n`)
  if (sizes[name] <= budgets[name]) continue
  process.stderr.write(
    `The client's ${name} entry is larger than its budget: make it smaller, or load a part of it later.\n`,
  )
  process.exitCode = 1
}
