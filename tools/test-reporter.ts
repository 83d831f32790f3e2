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
    const passed = tests.filter((test) => test.result().state === 'passed').length
    // A file may fail before it has a test, or behind its last one
    const broken = modules.flatMap((module) => module.errors()).length + errors.length
    const report: Report = {
      passed,
      failed: tests.length - passed + broken,
      files: modules.map((module) => ({
        file: relative(root, module.moduleId),
        project: module.project.name,
        seconds: secondsOf(module),
      })),
    }
    writeFileSync(process.env['TEST_REPORT'] ?? '/dev/stdout', JSON.stringify(report))
  }
}

/** Import, hooks and tests: the times in Vitest's own JSON report leave hooks out. */
function secondsOf(module: TestModule): number {
  const { collectDuration, duration, environmentSetupDuration, prepareDuration, setupDuration } =
    module.diagnostic()
  const all = [collectDuration, duration, environmentSetupDuration, prepareDuration, setupDuration]
  return all.reduce((sum, one) => sum + one, 0) / 1000
}
