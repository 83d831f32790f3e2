/**
 * Features that demands wait for, as the README names them where it says what is not built. Its list of what works must
 * not have them.
 */
export const features = [
  'API keys',
  'a console',
  'change of address',
  'encrypted tokens',
  'erasure and export of accounts',
  'gateways',
  'imports',
  'known devices',
  'look-up of breached passwords',
  'native sign-in',
  'OAuth',
  'resets by administrators',
  'sender-constrained tokens',
  'sign-in by other providers',
  'sign-in pages',
  'step-up for your own calls',
  'second factors and passkeys',
  'test tools',
  'webhooks',
] as const
