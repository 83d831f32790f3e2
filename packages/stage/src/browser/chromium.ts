import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { root } from '../processes/process.ts'

/** The folder for screenshots of a test run, which is not committed. */
const screenshots = join(root, '.work/screenshots')

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
/** The same engine without a browser's windows, which take half of the time. */
const shell = '/usr/lib/chromium/chromium-headless-shell'
const withoutWindows =
  process.env['CHROMIUM'] === undefined && existsSync(shell) ? shell : executablePath
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts Chromium, with further flags, such as host names for tests. */
export function launchChromium(flags: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: withoutWindows, args: [...args, ...flags] })
}

/** Starts the browser with its cache of whole pages for the back button, which Playwright turns off. */
export function launchWithPageCache(): Promise<Browser> {
  const ignoreDefaultArgs = ['--disable-back-forward-cache']
  return chromium.launch({ executablePath, args, ignoreDefaultArgs })
}

/** Starts the browser with the setting that blocks all cookies, and all storage with them. */
export async function launchWithoutCookies(): Promise<BrowserContext> {
  const profile = mkdtempSync(join(tmpdir(), 'keyhaven-profile-'))
  mkdirSync(join(profile, 'Default'))
  const block = { profile: { default_content_setting_values: { cookies: 2 } } }
  writeFileSync(join(profile, 'Default/Preferences'), JSON.stringify(block))
  const context = await chromium.launchPersistentContext(profile, { executablePath, args })
  context.on('close', () => rmSync(profile, { recursive: true, force: true, maxRetries: 5 }))
  return context
}

/** Keeps a picture of the page as it is now. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true })
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true })
}
