import { spawnSync } from 'node:child_process'
import { basename, dirname, join } from 'node:path'
import type { FoundApp } from './apps.ts'
import type { Step } from './change.ts'
import { textOf } from './text-of.ts'

/** Whether git has changes of this file that are in no commit. Without git, or outside a repository, there are none. */
export function isUncommitted(file: string): boolean {
  return (
    git(dirname(file), ['status', '--porcelain', '--', basename(file)])?.output !== '' &&
    isKnown(file)
  )
}

function isKnown(file: string): boolean {
  return git(dirname(file), ['rev-parse', '--is-inside-work-tree'])?.output.trim() === 'true'
}

/** The line that keeps the data of the service, and its keys, out of git; nothing outside a repository. */
export function ignoreStep({ folder }: FoundApp): readonly Step[] {
  const data = 'keyhaven-data'
  if (git(folder, ['rev-parse', '--is-inside-work-tree']) === undefined) return []
  if (git(folder, ['check-ignore', '--quiet', data])?.status !== 1) return []
  const file = join(folder, '.gitignore')
  const before = textOf(file)
  const start = before === undefined || before === '' ? '' : before.replace(/\n?$/, '\n')
  return [{ file, before, after: `${start}${data}\n` }]
}

function git(
  folder: string,
  args: readonly string[],
): { readonly status: number | null; readonly output: string } | undefined {
  const { status, stdout, error } = spawnSync('git', ['-C', folder, ...args], { encoding: 'utf8' })
  return error === undefined && status !== 128 ? { status, output: stdout } : undefined
}
