/** A metric of Prometheus's text format. */
export interface Metric {
  readonly help: string
  readonly type: string
  /** Values by name with labels, as written. */
  readonly samples: Map<string, number>
}

/** Parses Prometheus's text format. Throws for text that a strict parser would refuse. */
export function metricsIn(all: string): ReadonlyMap<string, Metric> {
  if (!all.endsWith('\n')) throw new Error('the last line has no end')
  const metrics = new Map<string, Metric>()
  let help: readonly [string, string] | undefined
  let current: readonly [string, Metric] | undefined
  for (const line of all.slice(0, -1).split('\n')) {
    const [, helped, text] = /^# HELP (\w+) (.+)$/.exec(line) ?? []
    const [, typed, type] = /^# TYPE (\w+) (counter|gauge|histogram|summary)$/.exec(line) ?? []
    const [, sample, name, suffix, number] =
      /^((\w+?)(_bucket|_sum|_count)?(?:\{(?:\w+="(?:[^"\\\n]|\\[\\n"])*",?)+\})?) (\S+)$/.exec(
        line,
      ) ?? []
    if (helped !== undefined && text !== undefined) help = [helped, text]
    else if (typed !== undefined && type !== undefined) {
      if (help?.[0] !== typed) throw new Error(`${typed} has no help before its type`)
      if (metrics.has(typed)) throw new Error(`${typed} is repeated`)
      current = [typed, { help: help[1], type, samples: new Map() }]
      metrics.set(...current)
    } else if (sample !== undefined && current !== undefined) {
      const [family, metric] = current
      const plain = metric.type === 'histogram' ? name : `${name}${suffix ?? ''}`
      if (plain !== family) throw new Error(`${sample} is among the samples of ${family}`)
      if (metric.samples.has(sample)) throw new Error(`${sample} is repeated`)
      metric.samples.set(sample, Number(number))
    } else throw new Error(`not a line of the format: ${line}`)
  }
  return metrics
}
