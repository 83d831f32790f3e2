import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPages, withoutBlocks } from '../pages.ts'
import { root } from '../root.ts'
import { enforce } from '../sources.ts'
import type { Rule } from '../sources.ts'

/** The section with the ways to run `keyhaven`. */
const PLACE = '#running-a-command'

/** Every command that a page names is one: a script of package.json, a command of `keyhaven`. */
export const commandsExist: Rule = (sources) => {
  const pages = new Map([...readPages(), ...sources].map((one) => [one.path, one]))
  const markdown = [...pages.values()].filter(({ path }) => path.endsWith('.md'))
  const reference = pages.get('docs/reference/cli.md')?.text ?? ''
  const commands = [...reference.matchAll(/^## (.+)$/gm)].map(([, name = '']) => name)
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Readonly<Record<string, string>>
  }
  return markdown.flatMap(({ path, text }) => [
    ...scriptsIn(text)
      .filter((name) => !(name in scripts))
      .map((name) => `${path}: there is no script \`npm run ${name}\``),
    ...commandsIn(text)
      .filter((words) => !isCommand(words, commands))
      .map((words) => `${path}: there is no command \`keyhaven ${words}\``),
    ...(path.startsWith('docs/operate/') && commandsIn(text).length > 0 && !text.includes(PLACE)
      ? [`${path}: has commands, and no link to \`${PLACE}\``]
      : []),
  ])
}

/** Blocks of code may run scripts of an application. */
function scriptsIn(text: string): readonly string[] {
  return [...withoutBlocks(text).matchAll(/`npm run ([\w:-]+)/g)].map(([, name = '']) => name)
}

/** Those in code marks, and those that a block runs with `npx` or by their path. */
function commandsIn(text: string): readonly string[] {
  const written = text.matchAll(/(?:`|\bnpx |\bbin\/)keyhaven ([a-z][a-z-]*(?: [a-z][a-z-]*)*)/g)
  return [...written].map(([, words = '']) => words)
}

/** Words may go on with arguments. A group, as `keyhaven accounts`, is named without its commands. */
function isCommand(words: string, commands: readonly string[]): boolean {
  return commands.some((name) => `${words} `.startsWith(`${name} `) || name.startsWith(`${words} `))
}

if (import.meta.main) enforce(commandsExist)
