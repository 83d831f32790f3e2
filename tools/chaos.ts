import { runStep } from './step.ts'

/** `npm run chaos`: the tests that fight, at their full length; about a quarter of an hour. */
process.env['KEYHAVEN_KILLS'] = '200'
process.env['KEYHAVEN_REQUESTS'] = '100000'
process.env['KEYHAVEN_OVERLOAD'] = '30'
process.env['KEYHAVEN_TOKENS'] = '1000000'
const good = await runStep({
  name: '200 kills, 100,000 hostile requests, a million tokens, 30 s of overload',
  limit: 1800,
  loud: true,
  command: [
    'vitest',
    'run',
    '--project',
    'tests',
    'tests/attacks',
    'tests/operator/crash',
    'tests/operator/overload',
  ],
})
const caught = await runStep({
  name: 'deliberate mistakes that the model test must notice',
  limit: 2400,
  loud: true,
  command: [process.execPath, '--conditions=keyhaven-source', 'tools/mutations.ts'],
})
process.exitCode = good && caught ? 0 : 1
