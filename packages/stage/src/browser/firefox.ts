import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { launch } from 'puppeteer-core'
import type { Browser } from 'puppeteer-core'

/** Milliseconds that the browser has to close by itself. */
const PATIENCE = 10_000

/** A running Firefox, in a home folder of its own. */
export interface Firefox {
  readonly browser: Browser
  /** Ends every process of it, also if it no longer answers. */
  close(): Promise<void>
}

/** Starts Debian's Firefox ESR, driven over WebDriver BiDi. */
export async function launchFirefox(): Promise<Firefox> {
  const home = mkdtempSync(join(tmpdir(), 'keyhaven-firefox-'))
  const remove = (): void => rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  const browser = await launch({
    browser: 'firefox',
    executablePath: '/usr/bin/firefox-esr',
    headless: true,
    // Those of tests are signed by themselves
    acceptInsecureCerts: true,
    env: { ...process.env, HOME: home },
  }).catch((error: unknown) => {
    remove()
    throw error
  })
  const pid = browser.process()?.pid
  return {
    browser,
    close: async () => {
      await Promise.race([
        browser.close().catch(() => {}),
        sleep(PATIENCE, undefined, { ref: false }),
      ])
      if (pid !== undefined) endGroup(pid)
      remove()
    },
  }
}

/** Ends the processes of a group that are left. */
function endGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
