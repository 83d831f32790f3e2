import { runStep } from './step.ts'

/** `npm run format`: puts every file in the house's form. */
process.exitCode = (await runStep({ name: 'format', command: ['biome', 'format', '--write', '.'] }))
  ? 0
  : 1
