import { runStep } from './step.ts'

/** `npm run chaos`: the tests that fight, at their full length; three quarters of an hour, half of it on PostgreSQL. */
process.env['KEYHAVEN_KILLS'] = '200'
process.env['KEYHAVEN_REQUESTS'] = '100000'
process.env['KEYHAVEN_OVERLOAD'] = '30'
process.env['KEYHAVEN_TOKENS'] = '1000000'
process.env['KEYHAVEN_LOG_ROUNDS'] = '10'
process.env['KEYHAVEN_CHAOS_KILLS'] = '50'
const good = await runStep({
  name: '200 kills, 100,000 hostile requests, a million tokens, 30 s of overload, ten runs of the log, 55 kills of a fleet',
  limit: 3600,
  loud: true,
  command: [
    'vitest',
    'run',
    '--project',
    'tests',
    '--project',
    'tests-postgres',
    'tests/attacks',
    'tests/chaos',
    'tests/operator/crash',
    'tests/operator/overload',
    'tests/operator/gapless-log',
  ],
})
const caught = await runStep({
  name: 'deliberate mistakes that the model test must notice',
  limit: 2400,
  loud: true,
  command: [process.execPath, '--conditions=keyhaven-source', 'tools/mutations.ts'],
})
process.exitCode = good && caught ? 0 : 1
