import { join } from 'node:path'
import type { Api } from './api.ts'
import type { FoundApp } from './apps.ts'
import type { Step } from './change.ts'
import { textOf } from './text-of.ts'

const CLIENT = '@keyhaven/client'

/** The lines of the Vite configuration, and of the page's first module. */
export function pageSteps({ folder }: FoundApp, api: Api): readonly Step[] {
  return [viteStep(folder, api), mainStep(folder)]
}

/** The first of these files that is there. */
function firstOf(
  folder: string,
  names: readonly string[],
): { file: string; before: string } | undefined {
  for (const name of names) {
    const file = join(folder, name)
    const before = textOf(file)
    if (before !== undefined) return { file, before }
  }
  return undefined
}

function viteStep(folder: string, { url, paths }: Api): Step {
  const call = `keyhaven({ url: '${url}', paths: [${paths.map((path) => `'${path}'`).join(', ')}] })`
  const found = firstOf(folder, [
    'vite.config.ts',
    'vite.config.mts',
    'vite.config.js',
    'vite.config.mjs',
  ])
  const { file, before } = found ?? { file: join(folder, 'vite.config.ts'), before: '' }
  if (before.includes(`${CLIENT}/vite`)) return { file, before, after: before }
  const lines = [importLine('{ keyhaven }', `${CLIENT}/vite`), `plugins: [${call}]`]
  const byHand = (why: string): Step => ({ file, why: `${why} Write these lines there.`, lines })
  if (found === undefined) return byHand('There is no such file.')
  if (/\bproxy\b/.test(before))
    return byHand('The file has a proxy of its own, which these lines replace.')
  const text = linesOf(before)
  const plugins = onlyIndex(text, /^\s*plugins:\s*\[.*\],?\s*$/)
  const vite = onlyIndex(text, /^import .*\bfrom\s*(['"])vite\1;?\s*$/)
  if (plugins === undefined || vite === undefined) {
    return byHand('The file has another shape than that of a new Vite app.')
  }
  const after = text.map((line, at) => {
    if (at === vite) return withStyle(lines[0] ?? '', line) + line
    if (at !== plugins) return line
    return line.replace(/\[(.*?),?\s*\](?=,?\s*$)/, (_, inner: string) =>
      inner.trim() === '' ? `[${call}]` : `[${inner}, ${call}]`,
    )
  })
  return { file, before, after: after.join('') }
}

function mainStep(folder: string): Step {
  const found = firstOf(folder, ['src/main.tsx', 'src/main.jsx', 'src/index.tsx', 'src/index.jsx'])
  const other = firstOf(folder, ['src/main.ts', 'src/main.js', 'src/index.ts', 'src/index.js'])
  const { file, before } = found ?? other ?? { file: join(folder, 'src/main.tsx'), before: '' }
  const view = '<keyhaven-sign-in /><SignedIn><App /></SignedIn>'
  if (before.includes(`${CLIENT}/elements`)) return { file, before, after: before }
  const imports = [
    importLine('{ SignedIn }', `${CLIENT}/react`),
    importLine('', `${CLIENT}/elements`),
    importLine('', `${CLIENT}/elements.css`),
  ]
  const byHand = (why: string, lines: readonly string[]): Step => ({ file, why, lines })
  if (found === undefined) {
    const why =
      'This is no page of React. Write these lines in its first module and its view; for another framework docs/guides/forms.md has them.'
    return byHand(why, [...imports.slice(1), '<keyhaven-sign-in></keyhaven-sign-in>'])
  }
  const text = linesOf(before)
  const app = onlyIndex(text, /^\s*<App\s*\/>\s*$/)
  const react = onlyIndex(text, /^import .*\bfrom\s*(['"])react-dom\/client\1;?\s*$/)
  if (app === undefined || react === undefined) {
    return byHand(
      'The file has another shape than that of a new Vite app. Write these lines there, the last in place of <App />.',
      [...imports, view],
    )
  }
  const after = text.map((line, at) => {
    if (at === react) return line + imports.map((one) => withStyle(one, line)).join('')
    return at === app ? line.replace(/<App\s*\/>/, () => view) : line
  })
  return { file, before, after: after.join('') }
}

/** Names and module are put together here: this file imports neither. */
function importLine(names: string, from: string): string {
  return ['import', ...(names === '' ? [] : [names, 'from']), `'${from}'`].join(' ')
}

/** Each line with its end. */
function linesOf(text: string): readonly string[] {
  return text.split(/(?<=\n)/)
}

/** The index of the line that matches, if only one does. */
function onlyIndex(lines: readonly string[], pattern: RegExp): number | undefined {
  const found = lines.flatMap((line, at) => (pattern.test(line) ? [at] : []))
  return found.length === 1 ? found[0] : undefined
}

/** A new line with the quotes, the semicolon and the end of the line beside it. */
function withStyle(line: string, beside: string): string {
  const quotes = beside.includes('"') ? line.replaceAll("'", '"') : line
  return quotes + (/;\s*$/.test(beside) ? ';' : '') + (beside.endsWith('\r\n') ? '\r\n' : '\n')
}
