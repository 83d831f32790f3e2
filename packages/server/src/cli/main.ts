#!/usr/bin/env node
const [command, ...flags] = process.argv.slice(2)
const known = new Set(['--json', '--no-migrate'])

try {
  // What a service manager runs: without the parser of all commands, which would stay in memory
  if (command === 'start' && flags.every((flag) => known.has(flag))) {
    const { start } = await import('./start.ts')
    await start({ migrate: !flags.includes('--no-migrate'), json: flags.includes('--json') })
  } else {
    const { program } = await import('./program.ts')
    await program.parseAsync()
  }
} catch (error) {
  const { exitCodeOf, isHelp, report } = await import('./report.ts')
  if (!isHelp(error)) report(error, process.argv.includes('--json'))
  process.exitCode = exitCodeOf(error)
}
