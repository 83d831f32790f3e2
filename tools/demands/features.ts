/**
 * Features that demands wait for, as the README names them where it says what is not built. Its list of what works must
 * not have them.
 */
export const features = [
  'a console',
  'encrypted tokens',
  'gateways',
  'imports',
  'registered OAuth clients',
  'sender-constrained tokens',
  'sign-in by other providers',
  'webhooks',
] as const
