import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { screenshot } from './chromium.ts'

/** A phone, a small phone, and a desktop. */
const widths = [1280, 320, 390] as const

/** Reports what axe finds in the page as it is now. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([])
}

/** Nothing is wider than the window, and no text of a menu is cut, at any width. */
export async function expectFits(page: Page, what: string): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 })
    expect(await page.evaluate(tooWide), `${what} at ${width} px`).toEqual([])
  }
}

/**
 * Looks at one state as people see it: it fits at every width and axe finds nothing in light and dark.
 * Pictures of it at 1,280 and 390 px, in both, are kept for people to look at. It ends at 1,280 px, light.
 */
export async function lookAt(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 800 })
      await screenshot(page, `look/${name}-${width}-${colorScheme}`)
      if ((width === 390) === (colorScheme === 'dark')) await expectAccessible(page)
    }
  }
  await expectFits(page, name)
  await page.setViewportSize({ width: 1280, height: 800 })
}

/** Elements that reach out of the window, and menu entries that are cut. Runs in the page. */
function tooWide(): string[] {
  const width = document.documentElement.clientWidth
  const out = [...document.querySelectorAll('body *')].filter((element) => {
    const { left, right, width: own } = element.getBoundingClientRect()
    const isSeen = own > 1 && element.checkVisibility()
    const isScrolled = element.closest('pre') !== null && element.tagName !== 'PRE'
    return isSeen && !isScrolled && (left < -1 || right > width + 1)
  })
  const cut = [...document.querySelectorAll('nav a, button, h1, h2, label')].filter(
    (element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 1,
  )
  const tooWidePage = document.documentElement.scrollWidth > width ? ['the page'] : []
  return [...tooWidePage, ...[...out, ...cut].map((one) => one.outerHTML.slice(0, 120))]
}
