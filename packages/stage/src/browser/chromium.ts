import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { root } from '../processes/process.ts'

/** Where screenshots of a test run are kept for people to look at; not committed. */
const screenshots = join(root, '.work/screenshots')

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts the real browser, with further flags such as host names of our own. */
export function launchChromium(flags: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath, args: [...args, ...flags] })
}

/** The browser with its cache of whole pages for the back button, which Playwright turns off. */
export function launchWithPageCache(): Promise<Browser> {
  const ignoreDefaultArgs = ['--disable-back-forward-cache']
  return chromium.launch({ executablePath, args, ignoreDefaultArgs })
}

/** The browser of a person who has set it to block all cookies: it blocks all storage with them. */
export async function launchWithoutCookies(): Promise<BrowserContext> {
  const profile = mkdtempSync(join(tmpdir(), 'keyhaven-profile-'))
  mkdirSync(join(profile, 'Default'))
  const block = { profile: { default_content_setting_values: { cookies: 2 } } }
  writeFileSync(join(profile, 'Default/Preferences'), JSON.stringify(block))
  const context = await chromium.launchPersistentContext(profile, { executablePath, args })
  context.on('close', () => rmSync(profile, { recursive: true, force: true, maxRetries: 5 }))
  return context
}

/** Keeps a picture of what a person would see now. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true })
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true })
}
