import { bundleSize, elementSizes, frameworks, ours } from './bundle-size.ts'

/**
 * The client's budgets in bytes (min + gzip, T10): the entry chunk of `createAuth` with its static
 * imports, and what the binding of a framework, an app's tokens and each form add to it.
 */
const budgets = { core: 3500, binding: 800, native: 4500, form: 1024 } as const

const sizeOf = (contents: string): Promise<number> => bundleSize(contents, { external: frameworks })
const core = await sizeOf(ours.core)
const { forms } = await elementSizes()
const bindings = ['react', 'vue', 'svelte', 'angular'] as const
const sizes: readonly (readonly [name: string, bytes: number, budget: number])[] = [
  ['core', core, budgets.core],
  ...(await Promise.all(
    bindings.map(
      async (name) => [name, (await sizeOf(ours[name])) - core, budgets.binding] as const,
    ),
  )),
  ['native', (await sizeOf(ours.native)) - core, budgets.native],
  ...Object.entries(forms).map(([name, bytes]) => [name, bytes, budgets.form] as const),
]
for (const [name, bytes, budget] of sizes) {
  process.stdout.write(`client, ${name}: ${bytes} of ${budget} bytes\n`)
  if (bytes <= budget) continue
  process.stderr.write(
    `The client's ${name} is larger than its budget: make it smaller, or load a part of it later.\n`,
  )
  process.exitCode = 1
}
