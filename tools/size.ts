import { bundleSize, ours } from './bundle-size.ts'

/** The client's budgets in bytes (min + gzip): what it weighs now, and no more without a decision. */
const budgets = { core: 4250, react: 4650 } as const

for (const name of ['core', 'react'] as const) {
  const size = await bundleSize(ours[name], ['react'])
  const budget = budgets[name]
  process.stdout.write(`client, ${name}: ${size} of ${budget} bytes\n`)
  if (size > budget) {
    process.stderr.write(
      `The client's ${name} entry has outgrown its budget: make it smaller, or raise the budget in tools/size.ts and say why.\n`,
    )
    process.exitCode = 1
  }
}
