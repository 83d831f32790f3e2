import type { Facts, Pane } from './kit/pane.ts'
import type { ViewName } from './kit/view.ts'
import type { Group } from './words.ts'

/** Shows a view in a pane. */
export type Open = (pane: Pane, facts: Facts) => unknown

/** A view: a chunk of its own, with the groups of words that it uses beside the common ones. */
export interface ViewEntry {
  readonly load: () => Promise<Open>
  readonly groups: readonly Group[]
  /** Who can use it. Others see the sign-in, or who is signed in. */
  readonly reader?: 'person' | 'visitor'
}

/** Every view. */
export const views: Readonly<Record<ViewName, ViewEntry>> = {
  'sign-in': {
    load: async () => (await import('./forms/sign-in.ts')).signIn,
    groups: ['entry'],
    reader: 'visitor',
  },
  'sign-up': {
    load: async () => (await import('./forms/sign-up.ts')).signUp,
    groups: ['entry'],
    reader: 'visitor',
  },
  'signed-in': {
    load: async () => (await import('./forms/signed-in.ts')).signedIn,
    groups: ['entry'],
    reader: 'person',
  },
  'signed-out': {
    load: async () => (await import('./forms/signed-out.ts')).signedOut,
    groups: ['entry'],
    reader: 'visitor',
  },
  verify: {
    load: async () => (await import('./recovery/verify.ts')).verify,
    groups: ['recovery'],
  },
  forgot: {
    load: async () => (await import('./recovery/forgot.ts')).forgot,
    groups: ['recovery'],
  },
  reset: {
    load: async () => (await import('./recovery/reset.ts')).reset,
    groups: ['recovery'],
  },
  'email-change': {
    load: async () => (await import('./recovery/email-change.ts')).emailChange,
    groups: ['recovery', 'factors'],
  },
  erasure: {
    load: async () => (await import('./recovery/erasure.ts')).erasure,
    groups: ['recovery'],
  },
  deny: {
    load: async () => (await import('./recovery/deny.ts')).deny,
    groups: ['recovery', 'factors'],
  },
  'second-factor': {
    load: async () => (await import('./factors/second-factor.ts')).secondFactor,
    groups: ['factors'],
  },
  'step-up': {
    load: async () => (await import('./factors/step-up.ts')).stepUp,
    groups: ['factors'],
    reader: 'person',
  },
  'step-up-dialog': {
    load: async () => (await import('./factors/step-up-dialog.ts')).stepUpDialog,
    groups: ['factors'],
  },
  account: {
    load: async () => (await import('./account/account.ts')).account,
    groups: ['account', 'factors'],
    reader: 'person',
  },
}
