import type { Page } from 'playwright-core'

/** A platform authenticator of one page of Chromium, whose user is present and verified once a test lets them be. */
export interface VirtualAuthenticator {
  /** Lets its user answer each request from now on, or none. */
  answer(isPresent: boolean): Promise<void>
  /** How many passkeys it has. */
  count(): Promise<number>
}

/** Gives a page an authenticator, whose user answers at once (WebAuthn §11.1). */
export async function addAuthenticator(page: Page): Promise<VirtualAuthenticator> {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    answer: async (enabled) => {
      await session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled })
    },
    count: async () =>
      (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length,
  }
}
