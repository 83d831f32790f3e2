import { checkSteps } from './check-steps.ts'
import { chosenPackages } from './root.ts'
import { runSteps } from './step.ts'

/** `npm run check [-- package…]`: the fast loop. */
const args = process.argv.slice(2)
const names = chosenPackages(args)
const { failed } = await runSteps([
  ...checkSteps(names, args.length === 0),
  {
    name: `tests of ${names.join(', ')}`,
    command: ['vitest', 'run', ...names.flatMap((name) => ['--project', name])],
  },
])
process.exitCode = failed === 0 ? 0 : 1
