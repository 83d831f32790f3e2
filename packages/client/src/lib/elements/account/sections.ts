import type { Pane } from '../kit/pane.ts'

/** Shows a section in its pane. */
type Open = (pane: Pane) => unknown

/** Every section of the account page, in the usual order. Each is a chunk of its own. */
export const sections = {
  profile: async (): Promise<Open> => (await import('./profile.ts')).profile,
  address: async (): Promise<Open> => (await import('./address.ts')).address,
  password: async (): Promise<Open> => (await import('./password.ts')).password,
  factors: async (): Promise<Open> => (await import('./factors/factors.ts')).factors,
  devices: async (): Promise<Open> => (await import('./devices.ts')).devices,
  keys: async (): Promise<Open> => (await import('./keys/keys.ts')).keys,
  export: async (): Promise<Open> => (await import('./export.ts')).exportData,
  erase: async (): Promise<Open> => (await import('./erase.ts')).erase,
}

/** The name of a section, as the attribute `sections` has it. */
export type SectionName = keyof typeof sections
