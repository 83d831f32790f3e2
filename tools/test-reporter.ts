import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { SerializedError } from 'vitest'
import type { Reporter, TestModule } from 'vitest/node'
import type { Report } from './test-report.ts'
import { root } from './root.ts'

/** Writes to `TEST_REPORT` how a run of Vitest ended and what each of its files took. */
export default class TestReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const failed = tests.filter((test) => test.result().state !== 'passed')
    // A file may fail before it has a test, or behind its last one
    const broken = modules.filter((module) => module.errors().length > 0)
    const report: Report = {
      passed: tests.length - failed.length,
      failed: failed.length + broken.length + errors.length,
      failures: [
        ...failed.map((test) => lineOf(test.module, test.result().errors, test.fullName)),
        ...broken.map((module) => lineOf(module, module.errors())),
        ...errors.map(firstLine),
      ],
      files: modules.map((module) => ({
        file: relative(root, module.moduleId),
        project: module.project.name,
        seconds: secondsOf(module),
      })),
    }
    writeFileSync(process.env['TEST_REPORT'] ?? '/dev/stdout', JSON.stringify(report))
  }
}

function lineOf(
  module: TestModule,
  errors: readonly SerializedError[] = [],
  name = 'the file',
): string {
  const why = errors[0] === undefined ? 'was skipped' : firstLine(errors[0])
  return `${relative(root, module.moduleId)} (${module.project.name}): ${name}: ${why}`
}

function firstLine({ message }: SerializedError): string {
  return message.split('\n', 1)[0] ?? ''
}

/** Import, hooks and tests: the times in Vitest's own JSON report leave hooks out. */
function secondsOf(module: TestModule): number {
  const { collectDuration, duration, environmentSetupDuration, prepareDuration, setupDuration } =
    module.diagnostic()
  const all = [collectDuration, duration, environmentSetupDuration, prepareDuration, setupDuration]
  return all.reduce((sum, one) => sum + one, 0) / 1000
}
