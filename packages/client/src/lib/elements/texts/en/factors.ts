/** Words of second factors, in English. */
export const factors = {
  stepUp: {
    title: 'Enter your password',
    lead: 'You signed in some time ago. Enter your password again to go on.',
    /** Before the sentence of a second factor. */
    before: 'You signed in some time ago.',
    missing: 'Enter your password.',
    wrong: 'This password is not right. Check it, then try again.',
    none: 'No password, or forgotten?',
    set: 'Set one by mail',
    done: 'You have proved that it is you',
    doneLead: 'You can go back and do what needed it.',
  },
  secondFactor: {
    as: (login: string): string => `You sign in as ${login}.`,
    until: (time: string): string => `Finish by ${time}.`,
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
  enrol: {
    title: 'Set up a second factor',
    lead: 'Your account needs one besides your password. From then on your password is not enough to sign in.',
    totp: 'Use an authenticator app',
    passkey: 'Create a passkey',
    mailTitle: 'Check your mail',
    mailLead:
      'You have not signed in with this browser before. A mail with a code is on its way to you.',
    mailHelp: 'Look into the spam folder too.',
    mailAct: 'Go on',
    mailSent: 'Another mail is on its way.',
    appTitle: 'Set up your authenticator app',
    appLead:
      'Scan the picture with the app, or type the secret into it. Then enter the code that it shows.',
    picture: 'QR code of the secret below',
    secret: 'Secret',
    here: 'Is the app on this device?',
    open: 'Open it',
    appAct: 'Add app and sign in',
    codes: 'Save your recovery codes',
    codesLead:
      'If you lose your phone or passkey, sign in with your password and one of these codes. Each works once. They are not shown again: keep them in your password manager, or on paper.',
    copy: 'Copy codes',
    copied: 'The codes are copied.',
    notCopied: 'The browser did not allow it. Select the codes and copy them.',
    saved: 'I have saved them',
  },
}

/** The words of second factors. */
export type FactorsWords = typeof factors
