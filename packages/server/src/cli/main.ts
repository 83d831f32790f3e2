#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { accountsCreate } from './accounts-create.ts'
import { exitCodeOf, report } from './report.ts'
import { start } from './start.ts'

const program = new Command('keyhaven')
  .description('Accounts, sessions and signed tokens for single-page apps and their APIs.')
  .exitOverride()
  .configureHelp({ showGlobalOptions: true })

program
  .command('start')
  .description('Bring the database up to date and run the service in the foreground.')
  .option('--no-migrate', 'refuse to start where the database needs migrations')
  .option('--json', 'print logs and errors as JSON')
  .action(start)

program
  .command('accounts')
  .description('Manage accounts.')
  .command('create')
  .description(
    'Create a verified account. The password is read from standard input, or made and printed once.',
  )
  .requiredOption('--email <address>', 'e-mail address')
  .option('--role <role>', 'role; may be given more than once', collect, [])
  .option('--name <name>', 'the person’s name')
  .option('--json', 'print the result as JSON')
  .action(accountsCreate)

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value]
}

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else {
    report(error, process.argv.includes('--json'))
    process.exitCode = exitCodeOf(error)
  }
}
