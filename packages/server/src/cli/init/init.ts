import {
  accessSync,
  constants,
  existsSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { printResult } from '../report.ts'
import { apiSteps, readApi } from './api.ts'
import type { Api } from './api.ts'
import { findApps, shownFrom } from './apps.ts'
import type { FoundApp, FoundApps } from './apps.ts'
import { createAsk } from './ask.ts'
import type { Ask } from './ask.ts'
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
  const { apps, api } = await found(here, createAsk(yes))
  const steps = [
    ...apiSteps(api),
    ...ignoreStep(apps.api),
    ...(apps.page === undefined ? [] : pageSteps(apps.page, api)),
  ]
  const open = steps.filter(isOpen)
  if (!force) requireCommitted(here, open)
  for (const { file } of open) requireWritable(dirname(placeOf(file)))
  for (const change of open) write(change)
  const byHand = steps.filter(isByHand)
  const result = {
    written: open.map(({ file }) => shownFrom(here, file)),
    unchanged: unchanged(steps).map(({ file }) => shownFrom(here, file)),
    byHand: byHand.map(({ file, ...more }) => ({ file: shownFrom(here, file), ...more })),
    next: nextSteps(here, apps, { api, byHand }),
  }
  printResult(json, result, () => linesOf(result))
  if (byHand.length > 0) process.exitCode = 1
}

async function found(here: string, ask: Ask): Promise<{ apps: FoundApps; api: Api }> {
  try {
    const apps = await findApps(here, ask)
    return { apps, api: await readApi(apps.api, ask) }
  } finally {
    ask.close()
  }
}

function unchanged(steps: readonly Step[]): readonly Change[] {
  return steps.filter((step): step is Change => !isByHand(step) && !isOpen(step))
}

/** @throws Error that names the files whose changes are in no commit. */
function requireCommitted(here: string, open: readonly Change[]): void {
  const files = open.filter(
    ({ file, before }) => before !== undefined && isUncommitted(placeOf(file)),
  )
  if (files.length === 0) return
  const names = files.map(({ file }) => shownFrom(here, file)).join(', ')
  throw new Error(
    `${names} ${files.length === 1 ? 'has' : 'have'} changes that are not committed, and nothing was written: commit them, or run keyhaven init --force.`,
  )
}

/** The file itself, behind symbolic links. */
function placeOf(file: string): string {
  return existsSync(file) ? realpathSync(file) : file
}

/** @throws Error with one sentence. */
function requireWritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK)
  } catch (cause) {
    throw new Error(
      `${folder} can’t be written, and nothing was: make it writable, then run keyhaven init again.`,
      { cause },
    )
  }
}

/** Writes a file whole. A part that a killed run has left is replaced. */
function write({ file, before, after }: Change): void {
  const place = placeOf(file)
  const part = `${place}.keyhaven-init`
  const mode = before === undefined ? 0o666 : statSync(place).mode
  rmSync(part, { force: true })
  writeFileSync(part, after, { flag: 'wx', mode, flush: true })
  renameSync(part, place)
}

interface Outcome {
  readonly api: Api
  readonly byHand: readonly ByHand[]
}

function nextSteps(
  here: string,
  { api, page }: FoundApps,
  { api: { url, app }, byHand }: Outcome,
): readonly string[] {
  const missing = (one: FoundApp, names: readonly string[]): readonly string[] => {
    const wanted = names.filter((name) => !one.packages.includes(name))
    const folder = shownFrom(here, one.folder)
    return wanted.length === 0 ? [] : [`in ${folder}: npm install ${wanted.join(' ')}`]
  }
  const own = app?.path.endsWith('ts') === true ? 'server.mts' : 'server.mjs'
  const server = join(api.folder, app?.hasService === true ? app.path : own)
  const mails = `mails are at ${url}/dev/mailbox`
  return [
    ...missing(api, ['@keyhaven/core', '@keyhaven/guard', '@keyhaven/server']),
    ...(page === undefined ? [] : missing(page, ['@keyhaven/core', '@keyhaven/client'])),
    byHand.some(({ file }) => dirname(file).startsWith(api.folder)) && !existsSync(server)
      ? `write the lines above, then start your API as before (Node 24.15 or newer); ${mails}`
      : `start the API: node ${shownFrom(here, server)} (Node 24.15 or newer); ${mails}`,
    ...(page === undefined
      ? [
          `no Vite page with @keyhaven/client was found here, below or beside: install it there and run keyhaven init again, or use the service’s own page ${url}/pages/sign-in`,
        ]
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
