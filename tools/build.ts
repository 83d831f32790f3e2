import { chosenPackages } from './root.ts'
import { runStep } from './step.ts'

/** `npm run build`: compiles the packages to `dist`. */
const names = chosenPackages(process.argv.slice(2))
const good = await runStep({
  name: `build ${names.join(', ')}`,
  command: ['tsc', '-b', ...names.map((name) => `packages/${name}`)],
})
process.exitCode = good ? 0 : 1
