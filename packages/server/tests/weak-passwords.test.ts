import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { passwordProblems } from '@keyhaven/client'
import { createKeyhaven } from '@keyhaven/server'
import type { Keyhaven } from '@keyhaven/server'
import { testLog } from '@keyhaven/stage/processes/log'

const folder = mkdtempSync(join(tmpdir(), 'keyhaven-weak-'))
let keyhaven: Keyhaven
beforeAll(async () => {
  keyhaven = await createKeyhaven({ folder, environment: {}, log: testLog() })
})
afterAll(async () => {
  await keyhaven.close()
  rmSync(folder, { recursive: true })
})

let people = 0
const person = { name: 'Annette Kern', username: 'annekern' }

/** `taken`, or the code of the refusal. A refused password costs no hash. */
async function verdict(password: string): Promise<string> {
  people += 1
  const account = { ...person, username: `annekern${people}`, password }
  try {
    await keyhaven.accounts.create({ ...account, email: `annette.kern${people}@example.com` })
    return 'taken'
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

async function takenOf(passwords: readonly string[]): Promise<string[]> {
  const taken: string[] = []
  for (const one of passwords) if ((await verdict(one)) !== 'weak_password') taken.push(one)
  return taken
}

const words = (text: string): string[] => text.trim().split(/\s+/)

/** The hundred that published lists of leaked passwords name first, of eight characters and more. */
const published = words(`
  password 12345678 123456789 baseball football qwertyuiop 1234567890 superman 1qaz2wsx trustno1
  jennifer sunshine iloveyou starwars computer michelle 11111111 princess 987654321 corvette
  1234qwer 88888888 q1w2e3r4t5 internet samantha whatever maverick steelers mercedes 123123123
  qwer1234 hardcore q1w2e3r4 midnight bigdaddy victoria 1q2w3e4r cocacola marlboro asdfasdf
  87654321 12344321 jordan23 jonathan liverpoo danielle abcd1234 scorpion qazwsxedc password1
  slipknot qwerty123 startrek 12341234 redskins butthead asdfghjkl qwertyui liverpool dolphins
  nicholas elephant mountain xxxxxxxx 1q2w3e4r5t metallic creative passw0rd godzilla airborne
  00000000 55555555 66666666 77777777 99999999 password123 password12 qwerty12 qwertyui welcome1
  welcome123 admin123 football1 baseball1 princess1 sunshine1 iloveyou1 superman1 abcdefgh abc12345
  zaq12wsx 147258369 789456123 987654321 zxcvbnm1 charlie1 letmein1 monkey123 dragon123 master123`)

describe('weak passwords', () => {
  it('refuses the hundred most common ones of eight and more characters (attacks 5, operator 1, 6.2.4)', async () => {
    expect(published.length).toBeGreaterThanOrEqual(100)
    expect(await takenOf(published)).toEqual([])
  })
  it('ignores case, and digits and exclamation marks at the end (attacks 5, operator 1)', async () => {
    const varied =
      words(`PASSWORD Password1! Password123 pAsSwOrD2024 SunShine99 sunshine!!! Summer2024!
      Welcome2023 QWERTYUIOP qwerty2024! Admin2024! letmein! Football!1! 12345678! Abc12345!
      ｐａｓｓｗｏｒｄ１`)
    expect(await takenOf(varied)).toEqual([])
  })
  it('ignores other signs and blanks at the end too (attacks 5)', async () => {
    const varied =
      words(`password. Password1? Password@123 Admin@123 sunshine* letmein#2024 pass123$
      baseball_1 Welcome-2024 princess(1) iloveyou; qwerty#2024$ password１？`)
    expect(
      await takenOf([...varied, 'password ', 'Password 1', 'dragon 2024.', 'abcdef  ']),
    ).toEqual([])
  })
  it('refuses repetitions, without a list that names them (attacks 5, operator 1)', async () => {
    const repeated =
      words(`aaaaaaaa AAAAAAAA zzzzzzzzzzzz ######## яяяяяяяя 12121212 abcabcabc abababab
      xyzxyzxy k9k9k9k9 -=-=-=-= passwordpassword sunshinesunshine Aaaaaaaa1! 20242024 hunter2hunter2`)
    expect(await takenOf(repeated)).toEqual([])
  })
  it('refuses sequences of letters, digits and keys (attacks 5, operator 1)', async () => {
    const sequences =
      words(`abcdefgh hgfedcba ABCDEFGH stuvwxyz abcdefghijklmnop 34567890 0987654321 76543210
      abcd4321 acegikmo 13579135 qwertyuiop poiuytrewq asdfghjkl lkjhgfdsa zxcvbnm, qwertzuiop azertyuiop
      zaq12wsx zaq1xsw2 !QAZ2wsx 1qaz@WSX 2wsx3edc qweasdzxc qazwsxedc rfvtgbyhn !@#$%^&* qwertyuiop[] a1b2c3d4e5
      1a2b3c4d q1w2e3r4t5 456456789 147258369 369258147 абвгдежз`)
    expect(await takenOf(sequences)).toEqual([])
  })
  it('refuses name and address, with digits behind them too (attacks 5, 6.2.11)', async () => {
    const own = ['Annette Kern', 'annette kern84!', 'annekern', 'AnneKern2024', 'Keyhaven2024!']
    expect(await takenOf([...own, 'annette.kern', 'annette.kern7'])).toEqual([])
    const twice = ['annekernannekern', 'AnneKernAnneKern', 'KeyhavenKeyhaven1!', 'annette.kern.']
    expect(await takenOf(twice)).toEqual([])
  })
  it('refuses whatever a form of the client shows as a problem', async () => {
    const shown = ['short', '🐎'.repeat(7), 'ANNETTE KERN 9', 'é'.repeat(513), 'cafe\u0301 au']
    const rules = { minLength: 8, name: person.name }
    expect(shown.filter((one) => passwordProblems(one, rules).length === 0)).toEqual([])
    expect(await Promise.all(shown.map(verdict))).not.toContain('taken')
  })
  it('refuses common ones that are long enough for the preset `bank` (attacks 5)', async () => {
    const long = words('1q2w3e4r5t6y7u8i 1qaz2wsx3edc4rfv zaq12wsxcde34rfv thisisapassword')
    expect(await takenOf(long)).toEqual([])
  })
  it('takes passphrases and random passwords, whatever they are composed of (6.2.5)', async () => {
    const good = [
      'correct horse battery',
      'correct horse battery 12!',
      'purple-monkey-dishwasher',
      'Tr0ub4dor&3x',
      'kq7Vd2mZ',
      '7Gx-Qp2-Lm9',
      'calm-lighthouse-sees',
      'Grüße aus dem Tal',
      '読みやすい長いパスワード',
      '8302957146',
      'kim had 9 dragons.',
      'Lm9-Qp2-7Gx?!',
      'desserts are good for you',
    ]
    const verdicts = await Promise.all(good.map(verdict))
    expect(good.filter((_, index) => verdicts[index] !== 'taken')).toEqual([])
  })
})
