/** How long things live, in seconds. */
export interface Lifetimes {
  readonly preset: Preset
  readonly accessTtl: number
  readonly idle: number
  /** `undefined`: no absolute limit. */
  readonly absolute: number | undefined
}

/** Kinds of application: `byPreset` in the table of options has what each means. */
export const presetNames = ['bank', 'business', 'consumer', 'device'] as const

/** The name of a preset. */
export type Preset = (typeof presetNames)[number]

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400

/** One sentence for people: how long a sign-in lasts. */
export function describeLifetimes({ accessTtl, idle, absolute }: Lifetimes): string {
  const most =
    absolute === undefined ? 'with no limit beyond that' : `${durationText(absolute)} at most`
  return `a sign-in lasts ${durationText(idle)} without activity, ${most}; access tokens live ${durationText(accessTtl)}`
}

/** Seconds in the largest unit that divides them. */
export function durationText(seconds: number): string {
  const [size, name] = (
    [
      [DAY, 'day'],
      [HOUR, 'hour'],
      [MINUTE, 'minute'],
      [1, 'second'],
    ] as const
  ).find(([unit]) => seconds % unit === 0) ?? [1, 'second']
  const count = seconds / size
  return `${count} ${name}${count === 1 ? '' : 's'}`
}
