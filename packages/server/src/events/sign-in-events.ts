/** Events of sign-ins by mail, and of mailed codes. */
export const signInEvents = {
  'sign_in.mail_requested': {
    when: 'a user requests a link and a code to sign in; a mail is sent',
    details: {},
    mail: ['sign-in-link'],
  },
  'sign_in.mail_ignored': {
    when: 'the same, and no mail is sent: there is no such account that may sign in by mail, or its limit of mails is reached',
    details: { login: 'if the address belongs to no account: its keyed hash' },
    mail: ['blank'],
  },
  'sign_in.mail_proved': {
    when: 'a user proves by the link or the code of such a mail that they read it; a second factor may still be asked for',
    details: {},
  },
  'factor.code_requested': {
    when: 'a user must set up a second factor in a browser that the account does not know, and is mailed a code',
    details: {},
    mail: ['enrol-code'],
  },
} as const
