import { readSettings } from '../../config/settings.ts'
import type { Settings, SettingsSources } from '../../config/settings.ts'

/** The same settings for the URL that the database was made for, if no source sets one. */
export async function settingsFor(
  issuer: string,
  settings: Settings,
  sources: SettingsSources,
): Promise<Settings> {
  if (issuer === settings.issuer) return settings
  return readSettings({ ...sources, code: { ...sources.code, url: issuer } })
}
