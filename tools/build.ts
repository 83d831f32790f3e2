import { bundle, bundles } from './bundle.ts'
import { chosenPackages } from './root.ts'
import { runStep } from './step.ts'

/** `npm run build`: the packages to `dist`, declarations by the compiler and scripts by the bundler. */
const names = chosenPackages(process.argv.slice(2))
const good = await runStep({
  name: `compile ${names.join(', ')}`,
  command: ['tsc', '-b', ...names.map((name) => `packages/${name}`)],
})
if (good) await Promise.all(bundles.filter(({ name }) => names.includes(name)).map(bundle))
process.exitCode = good ? 0 : 1
