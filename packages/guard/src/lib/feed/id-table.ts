import { createKeyedHash } from '../checks/keyed-hash.ts'

/** A word of 32 bits, never 0, for each of many ids. */
export interface IdTable {
  /** The word of an id; 0 if it has none. `salt` separates kinds of ids. */
  get(salt: number, id: string): number
  /** False if the table is full and the id is not in it. */
  set(salt: number, id: string, word: number): boolean
  /** Removes the words that `isOver` accepts from a part of the table; successive calls cover all parts. */
  sweep(isOver: (word: number) => boolean): void
  readonly size: number
  /** Memory of its slots in bytes. */
  readonly bytes: number
}

/** Numbers of one slot: two of the fingerprint, one of the word. */
const STRIDE = 3
/** Parts that grow separately, so that no resize takes long. */
const SHARDS = 256
const LEAST = 16
/** Slots that one sweep checks, in about a millisecond. */
const SWEPT = 262_144

/**
 * Creates a table with open addressing over typed arrays: 12 bytes a slot, 16 to 32 bytes an id. An id is
 * represented by 64 bits of a keyed hash, so two ids are confused with a chance of 2^-64 for each pair. An
 * attacker can't choose such ids: they are random numbers of the service, looked up only under a good
 * signature, and the key is secret. A confusion would refuse a good token, and never admit a revoked one.
 */
export function createIdTable(most: number): IdTable {
  const hash = createKeyedHash(crypto.getRandomValues(new Uint32Array(2)))
  const shards = Array.from({ length: SHARDS }, () => ({
    slots: new Uint32Array(0),
    count: 0,
  }))
  let size = 0
  let bytes = 0
  let swept = 0

  const resize = (shard: Shard, places: number): void => {
    const { slots } = shard
    bytes += (places - slots.length / STRIDE) * STRIDE * 4
    shard.slots = new Uint32Array(places * STRIDE)
    for (let at = 0; at < slots.length; at += STRIDE) {
      if (slots[at + 2] === 0) continue
      const low = slots[at] as number
      shard.slots.set(slots.subarray(at, at + STRIDE), freePlace(shard.slots, low))
    }
  }
  return {
    get: (salt, id) => {
      const { low, high } = hash(salt, id)
      const { slots } = shards[high >>> 24] as Shard
      const at = find(slots, low, high)
      return at < 0 ? 0 : (slots[at + 2] as number)
    },
    set: (salt, id, word) => {
      const { low, high } = hash(salt, id)
      const shard = shards[high >>> 24] as Shard
      const at = find(shard.slots, low, high)
      if (at >= 0) {
        shard.slots[at + 2] = word
        return true
      }
      if (size >= most) return false
      const places = shard.slots.length / STRIDE
      if (shard.count + 1 > places * 0.75) resize(shard, Math.max(LEAST, places * 2))
      const free = freePlace(shard.slots, low)
      shard.slots[free] = low
      shard.slots[free + 1] = high
      shard.slots[free + 2] = word
      shard.count += 1
      size += 1
      return true
    },
    sweep: (isOver) => {
      // An idle process looks at an empty table every second
      if (bytes === 0) return
      let looked = 0
      for (let turn = 0; turn < SHARDS && looked < SWEPT; turn++) {
        const shard = shards[swept] as Shard
        swept = (swept + 1) % SHARDS
        const places = shard.slots.length / STRIDE
        looked += places
        const gone = takeOut(shard.slots, isOver)
        shard.count -= gone
        size -= gone
        if (places > LEAST && shard.count < places / 8) resize(shard, places / 4)
      }
    },
    get size() {
      return size
    },
    get bytes() {
      return bytes
    },
  }
}

interface Shard {
  slots: Uint32Array
  count: number
}

/** The slot of a fingerprint, or -1. */
function find(slots: Uint32Array, low: number, high: number): number {
  const { length } = slots
  if (length === 0) return -1
  for (let at = home(slots, low); ; at = at + STRIDE === length ? 0 : at + STRIDE) {
    if (slots[at + 2] === 0) return -1
    if (slots[at] === low && slots[at + 1] === high) return at
  }
}

/** The number of places is a power of two, so the low bits choose one. */
function home(slots: Uint32Array, low: number): number {
  return (low & (slots.length / STRIDE - 1)) * STRIDE
}

function freePlace(slots: Uint32Array, low: number): number {
  let at = home(slots, low)
  while (slots[at + 2] !== 0) at = at + STRIDE === slots.length ? 0 : at + STRIDE
  return at
}

/** Removes the words that are over. Those behind move up, so that no search ends too early. */
function takeOut(slots: Uint32Array, isOver: (word: number) => boolean): number {
  let gone = 0
  for (let at = 0; at < slots.length; ) {
    const word = slots[at + 2] as number
    if (word === 0 || !isOver(word)) at += STRIDE
    else {
      // Another word may have moved into this slot, so it is checked again
      closeGap(slots, at)
      gone += 1
    }
  }
  return gone
}

/** Knuth, The Art of Computer Programming 6.4, Algorithm R. */
function closeGap(slots: Uint32Array, start: number): void {
  const { length } = slots
  let gap = start
  for (let at = (gap + STRIDE) % length; slots[at + 2] !== 0; at = (at + STRIDE) % length) {
    const from = home(slots, slots[at] as number)
    const reaches = gap <= at ? from <= gap || from > at : from <= gap && from > at
    if (!reaches) continue
    slots.copyWithin(gap, at, at + STRIDE)
    gap = at
  }
  slots[gap + 2] = 0
}
