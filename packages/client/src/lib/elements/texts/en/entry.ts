/** Words of sign-in and sign-up, in English. */
export const entry = {
  signIn: {
    title: 'Sign in',
    login: 'E-mail or user name',
    remember: 'Stay signed in when the browser closes',
    missing: {
      login: 'Enter your e-mail or user name.',
      password: 'Enter your password.',
    },
    act: 'Sign in',
    doing: 'Signing in…',
    passkey: 'Sign in with a passkey',
    passkeyDoing: 'Waiting…',
    passkeyWrong: 'This passkey does not work here any more. Use another way.',
    forgot: 'Forgot your password?',
    new: 'No account yet?',
    up: 'Sign up',
  },
  signUp: {
    title: 'Sign up',
    name: 'Name',
    missing: { password: 'Choose a password.' },
    act: 'Sign up',
    doing: 'Signing up…',
    known: 'Do you have an account?',
    in: 'Sign in',
    pendingTitle: 'Check your mail',
    pending: (email: string): string =>
      `A mail with a link and a code is on its way to ${email}. Look into the spam folder too.`,
    enterCode: 'Enter the code',
    other: 'Use another address',
  },
  signedIn: {
    title: 'You are signed in',
    as: (email: string): string => `Your account: ${email}`,
    manage: 'Manage your account',
    out: 'Sign out',
    outDoing: 'Signing out…',
  },
  signedOut: {
    title: 'You are signed out',
    lead: 'On this device no one is signed in any more.',
    again: 'Sign in again',
  },
  byMail: {
    title: 'Sign in by mail',
    instead: 'Get a mail that signs you in',
    lead: 'You get a mail with a link and a code. Either signs you in, in this browser.',
    act: 'Send mail',
    sent: 'If this address has an account, a mail is on its way. Look into the spam folder too. Open its link in this browser, or enter its code.',
    mailTitle: 'Sign in with the link from your mail',
    mailLead: 'Press the button to sign in. The link works once, in the browser that requested it.',
    elsewhere: 'Go back to the browser in which you began',
    elsewhereLead:
      'The link works only in the browser that requested the mail. Enter the code from the mail there. If you began here, enter it below.',
    over: 'This link does not work any more',
    overLead:
      'It works once, for ten minutes. Request another mail, or sign in with your password.',
    again: 'Sign in with your password',
  },
}

/** The words of sign-in and sign-up. */
export type EntryWords = typeof entry
