import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { doses } from '../../../../tests/doses.ts'
import { screenshot } from './chromium.ts'

type Axe = typeof axe

/** A desktop, a small phone and a phone. */
const widths = [1280, 320, 390] as const

/** A picture of each state, and the other three at the whole dose. */
const pictures = [
  { width: 390, colorScheme: 'dark' },
  { width: 1280, colorScheme: 'light' },
  { width: 390, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
] as const

/** Expects axe to find no violation in the page as it is now, which has no frames. */
export async function expectAccessible(page: Page): Promise<void> {
  expect(page.frames()).toHaveLength(1)
  // To load axe takes twice as long as its work, so a document loads it once
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source)
  const found = await page.evaluate(async () => {
    const inPage = (globalThis as unknown as { axe: Axe }).axe
    // It says no more about what is right than that it is
    const { violations } = await inPage.run(document, { resultTypes: ['violations'] })
    return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])
  })
  expect(found).toEqual([])
}

/** Expects that at any width nothing is wider than the window, and no title or button is cut. */
export async function expectFits(page: Page, what: string): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 })
    expect(await page.evaluate(misfits), `${what} at ${width} px`).toEqual([])
  }
}

/**
 * Checks one state of a page: it fits at every width, and axe finds nothing. Keeps pictures in
 * `.work/screenshots/look`. Leaves the page at the size of a desktop, in light.
 */
export async function lookAt(page: Page, name: string): Promise<void> {
  await expectFits(page, name)
  for (const { width, colorScheme } of pictures.slice(0, doses.pictures)) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width, height: 800 })
    await screenshot(page, `look/${name}-${width}-${colorScheme}`)
    // At the small dose the contrast in light has a test of the tokens; the elements are the same
    await expectAccessible(page)
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 800 })
}

/** Expects that each control can be hit by a finger: 44 px, or a link in a line of text. The page is a touch screen's. */
export async function expectTouchable(page: Page): Promise<void> {
  expect(await page.evaluate(() => matchMedia('(pointer: coarse)').matches)).toBe(true)
  expect(await page.evaluate(smallTargets)).toEqual([])
}

/** Controls that are too small. Runs in the page. */
function smallTargets(): string[] {
  const controls = document.querySelectorAll<HTMLElement>('a, button, input, select, summary')
  return [...controls]
    .map((control) => (control.matches('[type=checkbox]') ? control.closest('label') : control))
    .filter((control): control is HTMLElement => control?.checkVisibility() === true)
    .filter((control) => control.getBoundingClientRect().height < 43.5)
    .map((control) => control.outerHTML.slice(0, 120))
}

/** Elements that reach out of the window, and names that are cut or broken. Runs in the page. */
function misfits(): string[] {
  const width = document.documentElement.clientWidth
  const out = [...document.querySelectorAll('body *')].filter((element) => {
    const { left, right, width: own } = element.getBoundingClientRect()
    return own > 1 && element.checkVisibility() && (left < -1 || right > width + 1)
  })
  const cut = [...document.querySelectorAll('a, button, h1, h2, label')].filter(
    ({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1 && clientWidth > 1,
  )
  const broken = [...document.querySelectorAll('header a, header button')].filter(
    (element) => element.getBoundingClientRect().height > 60,
  )
  const page = document.documentElement.scrollWidth > width ? ['the page'] : []
  return [...page, ...[...out, ...cut, ...broken].map((one) => one.outerHTML.slice(0, 120))]
}
