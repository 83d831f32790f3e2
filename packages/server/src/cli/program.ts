import { Command, Option } from 'commander'
import { ACCOUNT } from './accounts/known-account.ts'
import { packageVersion } from '../config/package-file.ts'
import { collect, run } from './run.ts'
import { settingsHelp } from './settings-help.ts'
import type { Flags } from './start.ts'

/** The command line: every command with its options. docs/reference/cli.md is printed from it. */
export const program: Command = new Command('keyhaven')
  .description('Accounts, sessions and signed tokens for single-page apps and their APIs.')
  .version(packageVersion(), '--version', 'print the version')
  .exitOverride()
  // report() prints errors, as text or JSON
  .configureOutput({ outputError: () => {} })
  .configureHelp({ showGlobalOptions: true })

program
  .command('start')
  .description('Bring the database up to date and run the service in the foreground.')
  .option('--no-migrate', 'refuse to start if the database needs migrations')
  .option('--json', 'print logs and errors as JSON, also to a terminal')
  .addHelpText('after', settingsHelp)
  .action(async (flags: Flags) => (await import('./start.ts')).start(flags))

program
  .command('init')
  .description(
    'Write what the quickstart writes into the Express API and the Vite page of this folder, below it or beside it.',
  )
  .option('--yes', 'do not ask: take the defaults')
  .option('--force', 'change files with changes that are not committed, too')
  .option('--json', 'print the result as JSON')
  .action(run('init'))

const accounts = program.command('accounts').description('Manage accounts.')
accounts
  .command('create')
  .description(
    'Create a verified account. The password is read from standard input, or generated and printed once.',
  )
  .requiredOption('--email <address>', 'e-mail address')
  .option('--role <role>', 'role; may be given more than once', collect, [])
  .option('--name <name>', 'the person’s name')
  .option('--json', 'print the result as JSON')
  .action(run('accountsCreate'))
accounts
  .command('list')
  .description('List accounts, oldest first.')
  .option('--search <text>', 'part of an e-mail address, user name or name')
  .addOption(
    new Option('--status <status>', 'only accounts of this status').choices([
      'active',
      'unverified',
      'locked',
      'disabled',
    ]),
  )
  .option('--json', 'print the result as JSON')
  .action(run('accountsList'))
accounts
  .command('show')
  .description('Show an account: status and why, roles, last sign-in, second factors, sessions.')
  .argument('<account>', ACCOUNT)
  .option('--json', 'print the result as JSON')
  .action(run('accountsShow'))
accounts
  .command('lock')
  .description('Lock an account: all its sessions end at once.')
  .argument('<account>', ACCOUNT)
  .requiredOption('--reason <text>', 'why; it is recorded')
  .option('--json', 'print the result as JSON')
  .action(run('accountsLock'))
accounts
  .command('unlock')
  .description('Let an account sign in again. Its ended sessions stay ended.')
  .argument('<account>', ACCOUNT)
  .option('--json', 'print the result as JSON')
  .action(run('accountsUnlock'))
accounts
  .command('reset-password')
  .description(
    'Print a link with which the user sets a new password, once, and end every session of the account.',
  )
  .argument('<account>', ACCOUNT)
  .option('--reason <text>', 'why; it is recorded')
  .option('--json', 'print the result as JSON')
  .action(run('accountsResetPassword'))
accounts
  .command('reset-factors')
  .description(
    'Remove all second factors and recovery codes of an account, and end every session of it. The password stays.',
  )
  .argument('<account>', ACCOUNT)
  .requiredOption('--reason <text>', 'why; it is recorded')
  .option('--json', 'print the result as JSON')
  .action(run('accountsResetFactors'))
accounts
  .command('set-email')
  .description('Set another e-mail address. It counts as verified; sessions continue.')
  .argument('<account>', ACCOUNT)
  .argument('<new>', 'the new e-mail address')
  .option('--json', 'print the result as JSON')
  .action(run('accountsSetEmail'))
accounts
  .command('end-sessions')
  .description('End every session of an account. The password stays.')
  .argument('<account>', ACCOUNT)
  .option('--reason <text>', 'why; it is recorded')
  .option('--json', 'print the result as JSON')
  .action(run('accountsEndSessions'))
accounts
  .command('erase')
  .description(
    'End all access of an account now, and erase it after KEYHAVEN_ERASE_AFTER. Its owner is mailed a link to keep it.',
  )
  .argument('<account>', ACCOUNT)
  .requiredOption('--reason <text>', 'why; it is recorded')
  .option('--json', 'print the result as JSON')
  .action(run('accountsErase'))
accounts
  .command('keep')
  .description('Undo the erasure of an account before its time. Its ended sessions stay ended.')
  .argument('<account>', ACCOUNT)
  .option('--reason <text>', 'why; it is recorded')
  .option('--json', 'print the result as JSON')
  .action(run('accountsKeep'))

const roles = accounts.command('roles').description('Add and remove roles.')
roles
  .command('add')
  .description('Add a role of the access module, or admin or support, to an account.')
  .argument('<account>', ACCOUNT)
  .argument('<role>', 'name of the role')
  .option('--json', 'print the result as JSON')
  .action(run('accountsRolesAdd'))
roles
  .command('remove')
  .description('Remove a role from an account, at once. The last administrator keeps admin.')
  .argument('<account>', ACCOUNT)
  .argument('<role>', 'name of the role')
  .option('--json', 'print the result as JSON')
  .action(run('accountsRolesRemove'))

program
  .command('jobs')
  .description('Look at the work that one process at a time does.')
  .command('list')
  .description('Show every job: its last run, or the process that runs it.')
  .option('--json', 'print the result as JSON')
  .action(run('jobsList'))

program
  .command('mail')
  .description('Read the mails of a service in development.')
  .command('list')
  .description(
    'Show the mails in the mailbox of the service that runs on this machine, the newest last, with links and codes.',
  )
  .option('--json', 'print the result as JSON')
  .action(run('mailList'))

const keys = program.command('keys').description('Manage the keys that sign tokens.')
keys
  .command('list')
  .description('Show every key: next, current, retiring or withdrawn.')
  .option('--json', 'print the result as JSON')
  .action(run('keysList'))
keys
  .command('rotate')
  .description('Publish a new key that signs in ten minutes; the old one retires by itself.')
  .option('--emergency', 'sign with the new key at once, and withdraw every other')
  .option('--yes', 'do not prompt')
  .option('--json', 'print the result as JSON')
  .action(run('keysRotate'))
keys
  .command('master')
  .description('Make a new master key and seal every key under it.')
  .requiredOption('--new-file <file>', 'the file to write; must not exist')
  .option('--json', 'print the result as JSON')
  .action(run('keysMaster'))
keys
  .command('pepper')
  .description('Make a new pepper for the hashes of passwords, in a file with the former ones.')
  .requiredOption('--new-file <file>', 'the file to write; must not exist')
  .option('--json', 'print the result as JSON')
  .action(run('keysPepper'))

const guards = program
  .command('guards')
  .description('Manage the keys with which guards read the feed.')
guards
  .command('add')
  .description('Make a key for a guard. It is printed once; only its hash is kept.')
  .argument('<name>', 'a name for the guard')
  .option(
    '--audience <url>',
    'an audience that it guards; may be given more than once',
    collect,
    [],
  )
  .option(
    '--exchange-to <url>',
    'an audience that it may exchange tokens for; may be given more than once',
    collect,
    [],
  )
  .option(
    '--url <url>',
    'an address besides the audiences at which it redeems tickets; may be given more than once',
    collect,
    [],
  )
  .option('--json', 'print the result as JSON')
  .action(run('guardsAdd'))
guards
  .command('list')
  .description('Show each guard, its connections and the last entry that it applied.')
  .option('--json', 'print the result as JSON')
  .action(run('guardsList'))
guards
  .command('remove')
  .description('Remove a guard’s key; its open feeds end within a quarter of a second.')
  .argument('<name>', 'the name of the guard')
  .option('--json', 'print the result as JSON')
  .action(run('guardsRemove'))

const machines = program
  .command('machines')
  .description('Manage programs that call the administration API with a key of their own.')
machines
  .command('add')
  .description('Make a key for a machine. It is printed once; only its hash is kept.')
  .argument('<name>', 'a name for the machine; the audit log records it')
  .requiredOption('--scope <scope...>', 'scopes, such as keyhaven:accounts:read')
  .option('--expires <duration>', 'how long the key works', '365d')
  .option('--address <cidr...>', 'networks from which the key works; all, if left out')
  .option('--json', 'print the result as JSON')
  .action(run('machinesAdd'))
machines
  .command('list')
  .description('Show each machine: scopes, networks, end and last use.')
  .option('--json', 'print the result as JSON')
  .action(run('machinesList'))
machines
  .command('remove')
  .description('Remove a machine; its key is rejected at once.')
  .argument('<name>', 'the name of the machine')
  .option('--json', 'print the result as JSON')
  .action(run('machinesRemove'))

const audit = program.command('audit').description('Check and export the audit log.')
audit
  .command('verify')
  .description(
    'Find any edit, insertion or deletion: every row is sealed together with the one before.',
  )
  .option('--from <row>', 'begin at this row, trusting the one before it')
  .addOption(
    new Option('--file <file>', 'check an export instead of the database').conflicts('from'),
  )
  .option('--json', 'print the result as JSON')
  .action(run('auditVerify'))
audit
  .command('export')
  .description('Write every row to a new file, one JSON object a line; the last line is the head.')
  .argument('<file>', 'the file, which must not exist; - for standard output')
  .option('--after <row>', 'only rows after this one')
  .option('--json', 'print the result as JSON')
  .action(run('auditExport'))

program
  .command('backup')
  .description('Copy the SQLite database to a new file while the service runs.')
  .argument('<file>', 'the file, which must not exist')
  .option('--json', 'print the result as JSON')
  .action(run('backup'))

program
  .command('restored')
  .description(
    'Declare the database restored from a backup: every key is withdrawn, every session ends.',
  )
  .option('--end-keys', 'end the API keys of all accounts too')
  .option('--end-machines', 'remove all machines too')
  .option('--yes', 'do not prompt')
  .option('--json', 'print the result as JSON')
  .action(run('restored'))

program
  .command('inspect')
  .description('Decode a token; exit 1 if it is not valid here. Nothing is sent or stored.')
  .argument('[token]', 'the token; read from standard input if left out')
  .option('--json', 'print the result as JSON')
  .action(run('inspect'))
