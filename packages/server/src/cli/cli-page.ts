import type { Argument, Command, Option } from 'commander'
import { program } from './program.ts'

/** The reference page of the command line, as Markdown. */
export function cliPage(): string {
  const commands = leavesOf(program, [program.name()])
  const sections = commands.map(({ words, command }) => {
    const args = command.registeredArguments
    const required = command.options.filter((option) => option.mandatory)
    const usage = [...words, ...args.map(argumentText), ...required.map(({ flags }) => flags)]
    const rows = [...args.map(argumentRow), ...command.options.map(optionRow)]
    return `## ${words.slice(1).join(' ')}

\`${usage.join(' ')}\`

${command.description()}

| argument | meaning |
|---|---|
${rows.join('\n')}
`
  })
  return `# The command line

\`keyhaven\` runs the service, and does what an operator does. Run it with the same settings as the service, on a machine
that reaches the database: it works on the database itself, whether the service runs or not. Running services apply
what it changes within a quarter of a second. \`keyhaven --help\` prints the commands, \`keyhaven <command> --help\` those
of one.

A command prints its result on standard output, and an error on standard error: one sentence that starts with
\`keyhaven:\`. With \`--json\` each is one JSON value, an error \`{"error": {"code", "detail"}}\` with a code of
[the catalogue](errors.md), \`usage\` or \`configuration\`. Made from \`packages/server/src/cli/program.ts\` by
\`npm run reference\`.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | failed, or the answer is no: an account is not found, a token is not valid, the audit log is broken |
| 2 | the command line is wrong, or \`--yes\` is missing and there is no terminal to prompt at |
| 78 | a setting is wrong |

${sections.join('\n')}`
}

interface Leaf {
  readonly words: readonly string[]
  readonly command: Command
}

/** The commands that do something, in the order of the help. */
function leavesOf(command: Command, words: readonly string[]): Leaf[] {
  if (command.commands.length === 0) return [{ words, command }]
  return command.commands.flatMap((one) => leavesOf(one, [...words, one.name()]))
}

function argumentText(argument: Argument): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`
}

function argumentRow(argument: Argument): string {
  return row(argumentText(argument), argument.description)
}

function optionRow({ flags, description, argChoices, mandatory }: Option): string {
  const choices = argChoices === undefined ? '' : `: ${argChoices.join(', ')}`
  return row(flags, `${description}${choices}${mandatory ? ' (required)' : ''}`)
}

function row(name: string, meaning: string): string {
  return `| \`${name}\` | ${meaning} |`
}
