import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '@keyhaven/stage/processes/process'

/** A fenced block of the README that has a title: what a reader types, and where. */
export interface Block {
  /** `sh`: a command in the folder `title`; `diff`: a change of the file; else the whole file. */
  readonly language: string
  readonly title: string
  readonly text: string
}

export function readmeBlocks(): readonly Block[] {
  const text = readFileSync(join(root, 'README.md'), 'utf8')
  return [...text.matchAll(/^```(\w+) title=(\S+)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', title = '', body = '']) => ({ language, title, text: body }),
  )
}

/** Lines that the reader writes: of a new file all, of a change those that are added. */
export function writtenLines({ language, text }: Block): number {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return language === 'diff' ? lines.filter((line) => line.startsWith('+')).length : lines.length
}

/** What a reader of the quickstart types: packages to install, and lines of code by the folder of the app. */
export interface Quickstart extends Readonly<Record<string, number>> {
  readonly commands: number
  readonly api: number
  readonly page: number
}

/** Counts what the quickstart takes. Commands that start an app are needed without Keyhaven too. */
export function quickstart(): Quickstart {
  const blocks = readmeBlocks()
  const commands = blocks.filter(({ text }) => text.startsWith('npm install'))
  const code = blocks.filter(({ language }) => language !== 'sh')
  const linesOf = (app: string): number =>
    code
      .filter(({ title }) => title.startsWith(`${app}/`))
      .reduce((lines, block) => lines + writtenLines(block), 0)
  const elsewhere = code.find(({ title }) => !/^(api|page)\//.test(title))
  if (elsewhere) throw new Error(`the quickstart counts no lines of ${elsewhere.title}`)
  return { commands: commands.length, api: linesOf('api'), page: linesOf('page') }
}

/** Makes a block's change in a file, as a reader would: what it shows as unchanged must be there, in this order. */
export function changed(file: string, change: string): string {
  const lines = file.split('\n')
  let at = 0
  for (const line of change.split('\n').filter((one) => one !== '')) {
    const [sign, rest] = [line[0], line.slice(1)]
    if (sign === '+') {
      lines.splice(at, 0, rest)
      at += 1
      continue
    }
    const found = lines.indexOf(rest, at)
    if (found < 0) throw new Error(`the README shows a line that is not there: ${rest}`)
    if (sign === '-') lines.splice(found, 1)
    at = sign === '-' ? found : found + 1
  }
  return lines.join('\n')
}
