import { useAuth } from '@keyhaven/client/react'
import type { ReactElement } from 'react'
import { useAct } from '../act.ts'
import { granted } from '../call.ts'
import { useToast } from '../toast.tsx'
import { ActButton } from '../views/act-button.tsx'
import { Problem } from '../views/problem.tsx'
import { Setting } from './setting.tsx'

/** Saves all that the service stores of the person, as a file. */
export function Export(): ReactElement {
  const { exportAccount } = useAuth()
  const { busy, problem, run } = useAct()
  const toast = useToast()
  const save = (): void => {
    void run(async () => {
      const { file } = granted(await exportAccount())
      const link = document.createElement('a')
      link.href = URL.createObjectURL(file)
      link.download = file.name
      link.click()
      URL.revokeObjectURL(link.href)
      toast(`Your data is in the file ${file.name}.`)
    })
  }
  return (
    <Setting
      title="Your data"
      about="All that the sign-in service stores of you, in one file. It has no passwords and no keys."
    >
      <div className="acts">
        <ActButton className="quiet" busy={busy} doing="Reading…" onClick={save}>
          Download your data
        </ActButton>
      </div>
      <Problem text={problem} />
    </Setting>
  )
}
