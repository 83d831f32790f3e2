/** Words that several forms share, in English. */
export const kit = {
  goOn: 'Go on',
  goBack: 'Go back',
  cancel: 'Cancel',
  close: 'Close',
  email: 'E-mail',
  code: 'Code',
  codeHelp:
    'Eight characters, in the same mail as the link. It works in the browser that requested the mail.',
  password: 'Password',
  newPassword: 'New password',
  show: 'Show',
  hide: 'Hide',
  showPassword: 'Show password',
  hidePassword: 'Hide password',
  optional: '(optional)',
  /** The rules of a password, which turn into checks. */
  rules: {
    length: (least: number): string => `${least} characters or more`,
    personal: 'Not your e-mail',
    met: 'met',
  },
  missing: {
    email: 'Enter your e-mail address.',
    code: 'Enter the code.',
    password: 'Enter a password.',
  },
  /** Sentences by code of a refusal; without one, the service's own. */
  problems: {
    password_change_required:
      'This password must be replaced: a mail with a link for that is on its way.',
    link_invalid: 'This code is not right, or no longer valid. Check it.',
    link_expired: 'This code has expired.',
    link_elsewhere:
      'This browser is not signed in to the account that gets the address: sign in first.',
  } as Readonly<Partial<Record<string, string>>>,
  /** Instead of the service's own sentence, which is in English. */
  problem: undefined as string | undefined,
  working: 'One moment …',
  mailAgain: 'Send a new mail',
  offline: 'No connection to the service. Check the connection, then try again.',
  tryAgain: 'Try again',
  /** For developers, on loopback only. */
  noService: (url: string): string =>
    `No Keyhaven service answers at ${url}. Start it, proxy the path to it, or set the attribute “url” of this element.`,
}

/** The words that several forms share. */
export type KitWords = typeof kit
