/** The words of the pages in English. */
export const en = {
  goOn: 'Go on',
  email: 'E-mail address',
  code: 'Code',
  codeHelp:
    'Eight characters, in the same mail as the link. It works in the browser that requested the mail.',
  newPassword: 'New password',
  show: 'Show',
  hide: 'Hide',
  passwordHelp: 'Use a password that you use nowhere else. Long is better than complicated.',
  missing: {
    email: 'Enter your e-mail address.',
    code: 'Enter the code.',
    password: 'Enter a password.',
  },
  /** Sentences by code of a refusal; without one, the service's own. */
  problems: {
    link_invalid: 'This code is not right, or no longer valid.',
    link_expired: 'This code has expired.',
  } as Readonly<Partial<Record<string, string>>>,
  /** Instead of the service's own sentence, which is in English. */
  problem: undefined as string | undefined,
  working: 'One moment …',
  mailAgain: 'Send a new mail',
  verify: {
    sent: 'If this address waits for its confirmation, a mail is on its way. Look into the spam folder too.',
    title: 'Confirm your e-mail address',
    lead: 'Press the button to confirm that this address is yours.',
    leadCode: 'Enter the code from the mail, or open the link in it.',
    act: 'Confirm address',
    password:
      'You signed up in another browser or on another device. Choose a password, which replaces the one that was given there.',
    passwordAct: 'Set password and confirm',
    done: 'Your address is confirmed',
    signedIn: 'You are signed in.',
    signIn: 'Sign in with your new password.',
    failed: 'This link does not confirm an address any more. Enter your address to get a new mail.',
  },
  reset: {
    sent: 'If this address has an account, a mail is on its way. Look into the spam folder too.',
    request: 'Forgot your password?',
    requestLead:
      'Enter your e-mail address. You get a mail with a link to choose another password.',
    requestAct: 'Send mail',
    title: 'Choose a new password',
    lead: 'Your devices are signed out, also this one.',
    leadCode: 'Enter the code from the mail, or open the link in it.',
    act: 'Set password',
    done: 'Your password is changed',
    doneLead: 'All devices are signed out. Sign in with the new password.',
    failed: 'This link does not work any more. Enter your address to get a new mail.',
  },
  deny: {
    title: 'Was this not you?',
    lead: 'Press the button to sign out the device that the mail describes.',
    everything: 'Also sign out all my other devices, and require another password.',
    act: 'Sign that device out',
    done: 'That device is signed out',
    doneOne: 'If you think that somebody knows your password, set another one.',
    doneAll: 'All devices are signed out. Set another password now.',
    reset: 'Set another password',
    failed:
      'This link does not work any more. If you did not sign in yourself, set another password.',
  },
}

/** The words of one language. */
export type Words = typeof en
