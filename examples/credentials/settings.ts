import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The settings that `npm start` adds for these examples: web views, a page on another site, and a partner. */
export function settingsOf(issuer: string, data: string): Readonly<Record<string, string>> {
  return {
    KEYHAVEN_NATIVE_ORIGINS: 'capacitor://localhost,https://localhost',
    KEYHAVEN_BEARER_ORIGINS: 'http://127.0.0.1:5284',
    KEYHAVEN_EXCHANGE_AUDIENCES: new URL(issuer).origin,
    KEYHAVEN_TRUST: join(import.meta.dirname, 'trust.ts'),
    PARTNER_CUSTOMERS: customersIn(data),
  }
}

/** Links the partner's customer to an account, as an application does when its user agrees. */
export function linkCustomer(data: string, account: string): void {
  writeFileSync(customersIn(data), JSON.stringify({ 'customer-7': account }))
}

function customersIn(data: string): string {
  return join(data, 'partner-customers.json')
}
