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
  /** The rules of a password, of which the first turns into a check. */
  rules: {
    length: (least: number): string => `${least} characters or more`,
    unique: 'Used nowhere else',
    met: 'met',
  },
  missing: {
    email: 'Enter your e-mail address.',
    code: 'Enter the code.',
    password: 'Enter a password.',
  },
  /** Sentences by code of a refusal; without one, the service's own. */
  problems: {
    link_invalid: 'This code is not right, or no longer valid. Check it.',
    link_expired: 'This code has expired.',
    link_elsewhere:
      'This browser is not signed in to the account that gets the address: sign in first.',
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
    again: 'Enter your address to get a new mail.',
    failed: 'This link does not confirm an address any more. Enter your address to get a new mail.',
  },
  signIn: {
    title: 'Sign in',
    lead: 'Enter your e-mail address and your password.',
    login: 'E-mail address or user name',
    password: 'Password',
    missing: {
      login: 'Enter your e-mail address or user name.',
      password: 'Enter your password.',
    },
    act: 'Sign in',
    forgot: 'Forgot your password?',
    done: 'You are signed in',
    mailTitle: 'Sign in with the link from your mail',
    mailLead: 'Press the button to sign in. The link works once, in the browser that requested it.',
    elsewhere: 'Go back to the browser in which you began',
    elsewhereLead:
      'The link works only in the browser that requested the mail. Enter the code from the mail there. If you began here, enter it below.',
    over: 'This link does not work any more',
    overLead:
      'It works once, for ten minutes. Request another mail, or sign in with your password.',
    again: 'Sign in with your password',
    passkey: 'Sign in with a passkey',
  },
  secondFactor: {
    again: 'Begin again',
    totp: {
      title: 'Enter your code',
      lead: 'Open the authenticator app on your phone. It shows six digits.',
      act: 'Sign in',
      instead: 'Use your authenticator app',
    },
    passkey: {
      title: 'Use your passkey',
      lead: 'Your browser asks for your fingerprint, your face or the PIN of your device.',
      act: 'Use passkey',
      instead: 'Use a passkey',
    },
    recovery_code: {
      title: 'Enter a recovery code',
      lead: 'Enter one of the codes that you saved when you set up your second factor.',
      act: 'Sign in',
      instead: 'Use a recovery code',
    },
    missingCode: 'Enter the code that your app shows.',
    recoveryCode: 'Recovery code',
    recoveryHelp: 'Ten letters and digits. Each code works once.',
    wrong: 'This code is not right. Check it, then try again.',
    wrongPasskey: 'This passkey does not work here any more. Use another way.',
    over: 'This sign-in is over',
    overLead: 'It took too long, or had too many wrong codes. Begin again.',
  },
  olderFactor: {
    lead: 'Prove that it is you, by a second factor that your account had before.',
    none: 'I don’t have it at hand',
    pauseTitle: 'Pause your account?',
    pauseLead:
      'All devices are signed out, and for 7 days no mail can sign in or set a password. You can still sign in with your password and your second factor.',
    pauseNote: 'Then contact support, who decides whose account it is.',
    pauseAct: 'Pause account',
    back: 'Go back',
    paused: 'Your account is paused',
    pausedLead:
      'All devices are signed out, and for 7 days no mail can sign in or set a password. Contact support within that time.',
  },
  enrol: {
    title: 'Set up a second factor',
    lead: 'Your account needs one besides your password. From then on your password is not enough to sign in.',
    totp: 'Use an authenticator app',
    passkey: 'Create a passkey',
    mailTitle: 'Check your mail',
    mailLead:
      'You have not signed in with this browser before. A mail with a code is on its way to you.',
    mailAct: 'Go on',
    appTitle: 'Set up your authenticator app',
    appLead:
      'Scan the picture with the app, or type the secret into it. Then enter the code that it shows.',
    picture: 'QR code of the secret below',
    secret: 'Secret',
    appAct: 'Add app and sign in',
    codes: 'Save your recovery codes',
    codesLead:
      'Without your phone or passkey each of them signs you in once. They are not shown again: keep them in your password manager, or on paper.',
    saved: 'I have saved them',
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
  emailChange: {
    title: 'Confirm your new e-mail address',
    lead: 'Press the button to use this address for your account from now on.',
    leadCode: 'Enter the code from the mail, or open the link in it.',
    act: 'Confirm address',
    done: 'Your address is changed',
    doneLead: 'Sign in with the new address from now on. Your former address gets a mail about it.',
    elsewhere: 'Sign in to confirm the address',
    elsewhereLead:
      'This browser is not signed in to the account that gets the address. Sign in here and open the link again, or enter the code from the mail in the browser in which you requested the change.',
    over: 'This link does not work any more',
    overLead: 'It works once, for one hour. Change the address again in your account.',
    undoTitle: 'Bring this address back?',
    undoLead:
      'Your account gets the address back to which the link was mailed. All devices are signed out, and you choose a new password.',
    undoNote: 'If you changed the address yourself, close this page.',
    undoAct: 'Bring address back',
    undone: 'Your address is back',
    undoneLead:
      'All devices are signed out, and the former password no longer signs anyone in. Choose a new one now.',
    undoneAct: 'Choose a new password',
    undoOver: 'This link does not work any more',
    undoOverLead:
      'It works once, for 7 days. If your account has an address that you don’t know, contact support.',
  },
  erasure: {
    title: 'Keep your account?',
    lead: 'Your account will be erased. Press the button to keep it as it was.',
    note: 'If you want it erased, close this page: you need to do nothing.',
    act: 'Keep my account',
    done: 'Your account stays',
    doneLead: 'It is as it was before. All devices are signed out: sign in with your password.',
    over: 'This link does not work any more',
    overLead: 'It works once, until the account is erased. If you can’t sign in, contact support.',
  },
  deny: {
    title: 'Was this not you?',
    lead: 'Press the button to sign out the device that the mail describes.',
    everything: 'Also sign out all my other devices, and require another password.',
    act: 'Sign that device out',
    done: 'That device is signed out',
    doneOne: 'If you think that another person knows your password, set another one.',
    doneAll: 'All devices are signed out. Set another password now.',
    reset: 'Set another password',
    failed:
      'This link does not work any more. If you did not sign in yourself, set another password.',
  },
}

/** The words of one language. */
export type Words = typeof en
