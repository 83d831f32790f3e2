export { handleKeyhaven as handle } from '@keyhaven/client/svelte'
