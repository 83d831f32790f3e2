import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { metricsIn } from '@keyhaven/stage/http/metrics'
import type { Metric } from '@keyhaven/stage/http/metrics'
import { root } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'

const read = (file: string): string => readFileSync(join(root, file), 'utf8')

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string }
}

interface Dashboard {
  readonly panels: readonly {
    readonly id: number
    readonly targets?: readonly { readonly expr: string }[]
  }[]
  readonly templating: { readonly list: readonly { readonly query: unknown }[] }
}

let service: RunningService
let metrics: ReadonlyMap<string, Metric>

beforeAll(async () => {
  service = await startService()
  const added = await service.command(['guards', 'add', 'notes-api', '--json'])
  const { key } = JSON.parse(added.output) as { key: string }
  const headers = { authorization: `Bearer ${key}` }
  const snapshot = await fetch(`${service.address}/revocations`, { headers })
  const { log, seq } = (await snapshot.json()) as { log: string; seq: number }
  // A guard that has reported has every figure
  await fetch(`${service.address}/revocations/applied`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ log, seq }),
  })
  metrics = metricsIn(await (await fetch(`${service.address}/metrics`, { headers })).text())
})
afterAll(() => service?.close())

const { groups } = parse(read('deploy/prometheus/alerts.yml')) as {
  groups: readonly { readonly rules: readonly Rule[] }[]
}
const alerts = groups.flatMap(({ rules }) => rules)
const { panels, templating } = JSON.parse(read('deploy/grafana/keyhaven.json')) as Dashboard
const shown = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))

/** Labels that Prometheus adds to everything that it has asked for. */
const added = ['instance', 'job']

/** Labels and their values by metric; of histograms those of their buckets. */
function labelsOf(name: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  const family = name.replace(/_(bucket|sum|count)$/, '')
  const metric = metrics.get(name) ?? metrics.get(family)
  for (const sample of metric?.samples.keys() ?? []) {
    if (!sample.startsWith(name)) continue
    for (const [, label = '', value = ''] of sample.matchAll(/(\w+)="([^"]*)"/g)) {
      found.set(label, (found.get(label) ?? new Set()).add(value))
    }
  }
  return found
}

/** What an expression names that /metrics does not tell. */
function unknownIn(expression: string): string[] {
  const unknown: string[] = []
  const named = /\b((?:keyhaven|process)_\w+)(?:\{([^}]*)\})?/g
  for (const [, name = '', selector = ''] of expression.matchAll(named)) {
    const labels = labelsOf(name)
    const family = name.replace(/_(bucket|sum|count)$/, '')
    if (!metrics.has(name) && metrics.get(family)?.type !== 'histogram') unknown.push(name)
    for (const [, label = '', wanted = ''] of selector.matchAll(/(\w+)=~?"([^"]*)"/g)) {
      if (added.includes(label)) continue
      const values = labels.get(label)
      if (values === undefined) unknown.push(`${name}{${label}}`)
      for (const value of wanted.split('|')) {
        if (values?.has(value) === false) unknown.push(`${name}{${label}="${value}"}`)
      }
    }
  }
  return unknown
}

describe('deploy/prometheus/alerts.yml', () => {
  it('queries no metric or label that /metrics does not have', () => {
    expect(alerts.length).toBeGreaterThan(10)
    for (const { alert, expr } of alerts) {
      expect(unknownIn(expr), alert).toEqual([])
      if (!expr.startsWith('up{')) expect(expr, alert).toMatch(/keyhaven_/)
    }
  })
  it('says for each alert how urgent it is and what to do', () => {
    for (const { alert, labels, annotations } of alerts) {
      expect(['critical', 'warning'], alert).toContain(labels.severity)
      expect(annotations.summary.length, alert).toBeGreaterThan(40)
    }
  })
  it('is refused if a name is wrong', () => {
    expect(unknownIn('rate(keyhaven_sign_in_total[5m])')).toEqual(['keyhaven_sign_in_total'])
    expect(unknownIn('keyhaven_guards{state="asleep"}')).toEqual([
      'keyhaven_guards{state="asleep"}',
    ])
    expect(unknownIn('keyhaven_guards{mood="silent"}')).toEqual(['keyhaven_guards{mood}'])
  })
})

describe('deploy/grafana/keyhaven.json', () => {
  it('queries no metric or label that /metrics does not have', () => {
    expect(shown.length).toBeGreaterThan(20)
    for (const expression of [...shown, ...templating.list.map(({ query }) => String(query))]) {
      expect(unknownIn(expression), expression).toEqual([])
    }
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  })
  it('shows every metric', () => {
    const all = shown.join('\n')
    expect([...metrics.keys()].filter((name) => !all.includes(name))).toEqual([])
  })
})

describe('docs/operate/metrics.md', () => {
  const page = read('docs/operate/metrics.md')

  it('has a row for every metric, as /metrics describes it, and no other', () => {
    const rows = [...metrics].map(([name, { type, help }]) => {
      const labels = [...labelsOf(type === 'histogram' ? `${name}_bucket` : name).keys()]
      const own = labels.filter((label) => label !== 'le').toSorted()
      return `| \`${name}\` | ${type} | ${own.map((label) => `\`${label}\``).join(', ')} | ${help} |`
    })
    const written = page.split('\n').filter((line) => /^\| `(keyhaven|process)_/.test(line))
    expect(written.toSorted()).toEqual(rows.toSorted())
  })
  it('says of every alert what to do, and of no other', () => {
    const written = [...page.matchAll(/^\| `(Keyhaven\w+)` \| (\w+) \| .{20,} \|$/gm)]
    expect(written.map(([, name, severity]) => `${name} ${severity}`)).toEqual(
      alerts.map(({ alert, labels }) => `${alert} ${labels.severity}`),
    )
  })
})
