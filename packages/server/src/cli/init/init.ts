import { randomUUID } from 'node:crypto'
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { errorCode } from '@keyhaven/core/errors'
import { printResult } from '../report.ts'
import { apiSteps, readApi } from './api.ts'
import type { Api } from './api.ts'
import { findApps, shownFrom } from './apps.ts'
import type { FoundApp, FoundApps } from './apps.ts'
import { createAsk } from './ask.ts'
import { isByHand, isOpen } from './change.ts'
import type { ByHand, Change, Step } from './change.ts'
import { ignoreStep, isUncommitted } from './is-uncommitted.ts'
import { pageSteps } from './page.ts'

interface Flags {
  readonly yes?: boolean
  readonly force?: boolean
  readonly json?: boolean
}

/**
 * `keyhaven init`: writes what the quickstart writes into an Express API and a Vite page (R60). It changes no file that it
 * does not recognise, and prints the lines for it. Each file is written whole, so a next run goes on after any end.
 * @throws Error with one sentence before anything is written.
 */
export async function init({ yes, force, json }: Flags): Promise<void> {
  const here = process.cwd()
  const ask = createAsk(yes)
  const apps = await findApps(here, ask)
  const api = await readApi(apps.api, ask)
  const steps = [
    ...apiSteps(api),
    ...ignoreStep(apps.api),
    ...(apps.page === undefined ? [] : pageSteps(apps.page, api)),
  ]
  const open = steps.filter(isOpen)
  if (!force) requireCommitted(here, open)
  for (const change of open) write(change)
  const byHand = steps.filter(isByHand)
  const result = {
    written: open.map(({ file }) => shownFrom(here, file)),
    unchanged: unchanged(steps).map(({ file }) => shownFrom(here, file)),
    byHand: byHand.map(({ file, ...more }) => ({ file: shownFrom(here, file), ...more })),
    next: nextSteps(here, apps, api),
  }
  printResult(json, result, () => linesOf(result))
  if (byHand.length > 0) process.exitCode = 1
}

function unchanged(steps: readonly Step[]): readonly Change[] {
  return steps.filter((step): step is Change => !isByHand(step) && !isOpen(step))
}

/** @throws Error that names the files whose changes are in no commit. */
function requireCommitted(here: string, open: readonly Change[]): void {
  const files = open.filter(({ file, before }) => before !== undefined && isUncommitted(file))
  if (files.length === 0) return
  const names = files.map(({ file }) => shownFrom(here, file)).join(', ')
  throw new Error(
    `${names} ${files.length === 1 ? 'has' : 'have'} changes that are not committed, and nothing was written: commit them, or run keyhaven init --force.`,
  )
}

/** @throws Error with one sentence if the file can't be written. The files before it stay, and the next run goes on. */
function write({ file, before, after }: Change): void {
  const part = `${file}.${randomUUID()}`
  try {
    const mode = before === undefined ? 0o666 : statSync(file).mode
    writeFileSync(part, after, { flag: 'wx', mode, flush: true })
    renameSync(part, file)
  } catch (cause) {
    rmSync(part, { force: true })
    const isDenied = /^(EACCES|EPERM|EROFS)$/.test(errorCode(cause) ?? '')
    if (!isDenied) throw cause
    throw new Error(
      `${file} can’t be written: make ${dirname(file)} writable, then run keyhaven init again.`,
      { cause },
    )
  }
}

function nextSteps(here: string, { api, page }: FoundApps, { url, app }: Api): readonly string[] {
  const missing = (one: FoundApp, names: readonly string[]): readonly string[] => {
    const wanted = names.filter((name) => !one.packages.includes(name))
    const folder = shownFrom(here, one.folder)
    return wanted.length === 0 ? [] : [`in ${folder}: npm install ${wanted.join(' ')}`]
  }
  const isTyped = app?.path.endsWith('ts') === true
  const server = shownFrom(here, join(api.folder, isTyped ? 'server.mts' : 'server.mjs'))
  return [
    ...missing(api, ['@keyhaven/core', '@keyhaven/guard', '@keyhaven/server']),
    ...(page === undefined ? [] : missing(page, ['@keyhaven/core', '@keyhaven/client'])),
    `start the API: node ${server} (Node 24.15 or newer); mails are at ${url}/dev/mailbox`,
    ...(page === undefined
      ? [`a page was not found: open ${url}/pages/sign-in, or see docs/guides/forms.md`]
      : [`start the page in ${shownFrom(here, page.folder)}: npm run dev`]),
  ]
}

interface Printed {
  readonly written: readonly string[]
  readonly unchanged: readonly string[]
  readonly byHand: readonly ByHand[]
  readonly next: readonly string[]
}

function linesOf({ written, unchanged: same, byHand, next }: Printed): readonly string[] {
  return [
    ...written.map((file) => `wrote      ${file}`),
    ...same.map((file) => `unchanged  ${file}`),
    ...byHand.flatMap(({ file, why, lines }) => [
      `by hand    ${file}`,
      `           ${why}`,
      ...lines.map((line) => `             ${line}`),
    ]),
    ...next.map((line) => `next       ${line}`),
  ]
}
