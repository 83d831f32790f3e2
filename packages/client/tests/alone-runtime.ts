import type { Runtime } from '@keyhaven/client'

/** A page that is alone, whose clock stands still and whose timers never come. */
export const aloneRuntime: Runtime = {
  fetch: () => Promise.reject(new TypeError('no network')),
  now: () => 0,
  random: () => 0,
  after: () => () => {},
  origin: () => 'http://localhost',
  base: () => 'http://localhost/',
  watch: () => {},
  lock: (_name, _signal, work) => work(),
  join: () => () => {},
  listen: () => () => {},
}
