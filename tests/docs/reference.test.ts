import { readFileSync } from 'node:fs'
import { catalogue } from '@keyhaven/core/errors'
import { cliPage, eventsPage, httpPage, limitsPage, settingsPage } from '@keyhaven/server/reference'
import { describe, expect, it } from 'vitest'
import { errorsPage } from '../../tools/errors-page.ts'
import { root } from '@keyhaven/stage/processes/process'

describe('docs/reference/errors.md', () => {
  it('is what the catalogue says; `npm run reference` writes it anew', () => {
    expect(readFileSync(`${root}/docs/reference/errors.md`, 'utf8')).toBe(errorsPage())
  })
  it('names every code of the contract', () => {
    const page = errorsPage()
    for (const code of Object.keys(catalogue)) expect(page).toContain(`## \`${code}\``)
  })
})

describe('docs/reference/settings.md', () => {
  it('is what the table of options says; `npm run reference` writes it anew', () => {
    expect(readFileSync(`${root}/docs/reference/settings.md`, 'utf8')).toBe(settingsPage())
  })
  it('has every placeholder in code marks: Markdown reads it as HTML elsewhere', () => {
    expect(settingsPage()).toContain('`<data>/keyhaven.sqlite`')
    expect(settingsPage().replaceAll(/`[^`\n]*`/g, '')).not.toMatch(/<\w+>/)
  })
})

describe('docs/reference/http.md', () => {
  it('is what the route table says; `npm run reference` writes it anew', async () => {
    expect(readFileSync(`${root}/docs/reference/http.md`, 'utf8')).toBe(await httpPage())
  })
})

describe('docs/reference/limits.md', () => {
  it('is what the tables of limits and routes say; `npm run reference` writes it anew', () => {
    expect(readFileSync(`${root}/docs/reference/limits.md`, 'utf8')).toBe(limitsPage())
  })
})

describe('docs/reference/cli.md', () => {
  it('is what the commands say; `npm run reference` writes it anew', () => {
    expect(readFileSync(`${root}/docs/reference/cli.md`, 'utf8')).toBe(cliPage())
  })
})

describe('docs/reference/events.md', () => {
  it('is what the table of events says; `npm run reference` writes it anew', () => {
    expect(readFileSync(`${root}/docs/reference/events.md`, 'utf8')).toBe(eventsPage())
  })
})
