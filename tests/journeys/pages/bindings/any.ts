/** The page of the binding that a cookie names. */
const pages: Readonly<Record<string, () => Promise<unknown>>> = {
  angular: () => import('./angular.ts'),
  react: () => import('./react.tsx'),
  svelte: () => import('./svelte.ts'),
  vue: () => import('./vue.ts'),
}
const [, name = ''] = /binding=(\w+)/.exec(document.cookie) ?? []
await pages[name]?.()
